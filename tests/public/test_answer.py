"""The page out of the host's mail: who asks, what, when; approve or decline without signing in, by POST alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.public.conftest import DETAILS, LOCAL, Practice, Submit, form_of, manage_path, minute, text_of

from admitone.accounts.addresses import answer_url
from admitone.booking.models import Booking
from admitone.booking.services import cancel, confirm, decline, decline_unanswered
from admitone.calendars.models import BlockedTime
from admitone.calendars.services import set_active
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.messaging.models import EmailSettings


@pytest.fixture
def asked(practice: Practice) -> Booking:
    practice.change(approval=True, approval_hours=6)
    return practice.booking(note="Knee", timezone="America/New_York", phone="")


def path_of(booking: Booking) -> str:
    return urlsplit(answer_url(booking.id)).path


def ids(booking: Booking, practice: Practice) -> dict[str, Any]:
    return {"account_id": booking.account_id, "booking_id": booking.id, "actor": SYSTEM, "now": practice.now}


def answer(client: Client, booking: Booking, do: str, **more: str) -> Any:
    fields = form_of(client.get(path_of(booking)).content.decode())
    return client.post(path_of(booking), {**fields, "do": do, **more}, **LOCAL)


def status(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


def test_page_says_who_asks_what_and_when_on_both_clocks(client: Client, asked: Booking) -> None:
    response = client.get(path_of(asked))
    text = text_of(response)
    for part in (
        "Anna Example asks for an appointment",
        "First visit",
        "Tuesday, 3 November 2026, 09:00 – 09:30 (Europe/Berlin)",
        "For the guest: Tuesday, 3 November 2026, 03:00 – 03:30 (America/New York)",
        "anna@example.com",
        "Knee",
        "Answer by Mon, 2 Nov, 16:00",
        "Approve",
        "Decline",
    ):
        assert part in text
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "script-src" in response["Content-Security-Policy"]


def test_approving_confirms_once_and_names_the_host_as_who_did_it(client: Client, asked: Booking) -> None:
    response = answer(client, asked, "approve")
    assert (response.status_code, response["Location"]) == (303, f"{path_of(asked)}?done=1")
    assert "This appointment is confirmed" in text_of(client.get(response["Location"]))
    assert status(asked) == "confirmed"
    event = Event.objects.get(kind="booking.confirmed")
    assert (event.actor_kind, event.actor_id) == ("host", str(asked.host_id))


def test_declining_keeps_the_reason_for_the_guest(client: Client, asked: Booking) -> None:
    assert answer(client, asked, "decline", reason="I am away.").status_code == 303
    assert (status(asked), asked.cancel_reason) == ("declined", "I am away.")
    assert "This request is declined" in text_of(client.get(path_of(asked)))


def test_reason_that_is_too_long_comes_back_as_it_was_typed(client: Client, asked: Booking) -> None:
    response = answer(client, asked, "decline", reason="x" * 1001)
    html = response.content.decode()
    assert (response.status_code, status(asked)) == (422, "pending")
    assert "x" * 1001 in html
    assert re.search(r"<details[^>]* open>", html)


def test_post_without_a_verb_changes_nothing(client: Client, asked: Booking) -> None:
    assert answer(client, asked, "").status_code == 422
    assert status(asked) == "pending"


def test_post_of_another_site_or_without_the_seal_changes_nothing(client: Client, asked: Booking) -> None:
    fields = form_of(client.get(path_of(asked)).content.decode())
    foreign = client.post(path_of(asked), {**fields, "do": "approve"}, HTTP_ORIGIN="https://evil.example")
    bare = client.post(path_of(asked), {"do": "approve"}, **LOCAL)
    assert (foreign.status_code, bare.status_code, status(asked)) == (403, 403, "pending")
    assert "This page is old" in text_of(bare)


@pytest.mark.parametrize("token", ["unknown", "A" * 44])
def test_unknown_token_is_not_found(client: Client, db: None, token: str) -> None:
    assert client.get(f"/a/{token}").status_code == 404
    assert client.post(f"/a/{token}", **LOCAL).status_code == 404


def test_guests_own_token_does_not_answer(client: Client, asked: Booking) -> None:
    assert client.get(manage_path(asked).replace("/b/", "/a/")).status_code == 404
    assert client.get(path_of(asked).replace("/a/", "/b/")).status_code == 404


def test_second_answer_of_another_kind_shows_what_was_decided(
    client: Client, practice: Practice, asked: Booking
) -> None:
    fields = form_of(client.get(path_of(asked)).content.decode())
    confirm(**ids(asked, practice))
    late = client.post(path_of(asked), {**fields, "do": "decline"}, **LOCAL)
    assert (late.status_code, status(asked)) == (409, "confirmed")
    assert "This appointment is confirmed" in text_of(late)
    again = client.post(path_of(asked), {**fields, "do": "approve"}, **LOCAL)
    assert again.status_code == 303


def test_withdrawn_expired_and_begun_requests_say_so_and_have_no_buttons(
    client: Client, practice: Practice, asked: Booking, freeze: Any
) -> None:
    other, third = practice.booking("2026-11-03 10:00"), practice.booking("2026-11-04 10:00")
    cancel(**ids(asked, practice), by="guest")
    decline_unanswered(now=practice.now + timedelta(hours=6))
    assert "This request was withdrawn" in text_of(client.get(path_of(asked)))
    assert "This request was not answered in time" in text_of(client.get(path_of(other)))
    Booking.objects.filter(id=third.id).update(status="pending")
    freeze.move_to(practice.now + timedelta(days=2, hours=2))
    late = client.get(path_of(third))
    assert "It is too late to answer" in text_of(late)
    assert "<form" not in late.content.decode()


def test_page_warns_of_what_has_come_to_stand_there(client: Client, practice: Practice, asked: Booking) -> None:
    BlockedTime.objects.create(
        account=practice.account,
        host_id=asked.host_id,
        start_min=minute("2026-11-03 09:15"),
        end_min=minute("2026-11-03 12:00"),
        created_at=practice.now,
    )
    text = text_of(client.get(path_of(asked)))
    assert "Something else is at that time 09:15 – 12:00 – blocked time" in text


def test_request_of_a_paused_calendar_can_be_approved(client: Client, practice: Practice, asked: Booking) -> None:
    set_active(account=practice.account, calendar_id=practice.calendar.id, active=False, actor=SYSTEM, now=practice.now)
    answer(client, asked, "approve")
    assert status(asked) == "confirmed"


def test_posts_are_limited_and_slowed_ones_change_nothing(client: Client, asked: Booking, settings: Any) -> None:
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, post_limit=1)
    fields = form_of(client.get(path_of(asked)).content.decode())
    client.post(path_of(asked), {"do": "approve"}, **LOCAL)
    assert client.post(path_of(asked), {**fields, "do": "approve"}, **LOCAL).status_code == 429
    assert status(asked) == "pending"


def test_booking_page_says_that_it_is_a_request(client: Client, practice: Practice, asked: Booking) -> None:
    text = text_of(client.get(practice.scheduling))
    assert "This is a request: it is confirmed or declined within 6 hours, and you get an email." in text
    assert "Request this time" in text


def test_guests_page_follows_the_request(client: Client, practice: Practice, submit: Submit) -> None:
    practice.change(approval=True, approval_hours=6)
    response = submit(practice.path(), start=minute("2026-11-03 09:00"), **DETAILS)
    text = text_of(client.get(response["Location"]))
    assert "We have your request" in text
    assert "Waiting for confirmation" in text
    assert "At the latest by Mon, 2 Nov, 16:00." in text
    assert "Add to calendar" not in text
    booking = Booking.objects.get()
    decline(**ids(booking, practice), reason="Full")
    text = text_of(client.get(manage_path(booking)))
    assert "Your request was not confirmed" in text
    assert "Please contact Dr Lime to find another time." in text
    EmailSettings.objects.create(account=practice.account, host="mail.example", updated_at=practice.now)
    run_pending(now=practice.now)
    assert OneTimeLink.objects.count() == 2
    assert "We have sent you an email with a new link" in text_of(client.get(manage_path(booking)))


def test_declined_guest_of_a_public_calendar_is_led_back_to_it(
    client: Client, practice: Practice, asked: Booking
) -> None:
    decline(**ids(asked, practice))
    assert f'href="{practice.scheduling}"' in client.get(manage_path(asked)).content.decode()


def test_request_can_be_withdrawn_by_its_guest(client: Client, practice: Practice, asked: Booking) -> None:
    practice.change(guest_can_cancel=False)
    page = client.get(f"{manage_path(asked)}/cancel")
    assert "Withdraw your request?" in text_of(page)
    client.post(f"{manage_path(asked)}/cancel", form_of(page.content.decode()), **LOCAL)
    assert (status(asked), asked.cancelled_by) == ("cancelled", "guest")


def test_calendar_file_of_a_request_is_tentative_and_of_a_declined_one_removes_it(
    client: Client, practice: Practice, asked: Booking
) -> None:
    path = f"{manage_path(asked)}/calendar.ics"
    assert "STATUS:TENTATIVE" in client.get(path).content.decode()
    decline(**ids(asked, practice))
    assert "METHOD:CANCEL" in client.get(path).content.decode()


def test_series_is_answered_as_a_whole(client: Client, practice: Practice, asked: Booking) -> None:
    other = practice.booking("2026-11-10 09:00")
    Booking.objects.filter(id__in=[asked.id, other.id]).update(series_id=asked.id)
    assert "Tuesday, 10 November 2026" in text_of(client.get(path_of(asked)))
    answer(client, asked, "approve")
    assert (status(asked), status(other)) == ("confirmed", "confirmed")


def test_sites_that_may_frame_the_booking_page_may_not_frame_this_one(
    client: Client, practice: Practice, asked: Booking
) -> None:
    practice.change(embed_origins=["https://lime.example"])
    assert "https://lime.example" in client.get(practice.scheduling)["Content-Security-Policy"]
    assert "https://lime.example" not in client.get(path_of(asked))["Content-Security-Policy"]

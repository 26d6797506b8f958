"""Requests in the signed-in area: found in the list and on the home page, approved or declined by who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests import factories
from tests.public.conftest import text_of

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.services import decline, decline_unanswered
from admitone.calendars.models import Calendar, CalendarAccess
from admitone.calendars.services import update_calendar
from admitone.events import SYSTEM, Actor, Event
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.logic.clock import to_min_floor

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/bookings/"
NOW = factories.NOW
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)  # 10:00 in Berlin


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="First visit", approval=True, approval_hours=6)


@pytest.fixture
def web(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.owner(account, name="Ada Owner"))
    return client


def request(calendar: Calendar, start: datetime = TOMORROW, **guest: Any) -> Booking:
    link = factories.link(calendar)
    who = {"name": "Grace Guest", "email": "grace@example.com", "timezone": "Europe/Berlin", **guest}
    token = keyring().sign("o1", link.id)
    return Booking.objects.get(id=redeem(token=token, start=to_min_floor(start), guest=who, now=NOW).id)


def status(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


def test_request_stands_in_the_list_and_on_the_home_page_with_its_buttons(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    confirmed = factories.booking(calendar, TOMORROW + timedelta(hours=1))
    page = web.get(f"{PATH}?view=requests")
    assert [row.id for row in page.context["page"]] == [booking.id]
    assert "To answer 1" in text_of(page)
    upcoming = web.get(PATH)
    assert [row.id for row in upcoming.context["page"]] == [booking.id, confirmed.id]
    assert upcoming.content.decode().count(f"{PATH}{booking.id}/approve/") == 1
    assert "1 request waits for your answer" in text_of(web.get("/app/north-clinic/"))


def test_lists_without_requests_have_no_tab_for_them(web: Client, calendar: Calendar) -> None:
    assert "To answer" not in text_of(web.get(PATH))
    assert "No requests to answer" in text_of(web.get(f"{PATH}?view=requests"))


def test_declined_ones_are_among_the_cancelled_and_can_be_filtered(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    decline(account_id=booking.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW)
    for query in ("view=cancelled", "status=declined", "view=cancelled&status=declined"):
        assert [row.id for row in web.get(f"{PATH}?{query}").context["page"]] == [booking.id]
    assert list(web.get(f"{PATH}?view=cancelled&status=cancelled").context["page"]) == []


def test_owner_approves_from_the_list_and_comes_back_to_it(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    response = web.post(f"{PATH}{booking.id}/approve/", {"next": f"{PATH}?view=requests"})
    assert (response.status_code, response["Location"]) == (302, f"{PATH}?view=requests")
    assert status(booking) == "confirmed"
    assert Event.objects.get(kind="booking.confirmed").actor_kind == "user"


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/\\evil.example", "x", "9:9", "a\0b"])
def test_foreign_address_to_go_back_to_is_not_followed(web: Client, calendar: Calendar, there: str) -> None:
    booking = request(calendar)
    response = web.post(f"{PATH}{booking.id}/approve/", {"next": there})
    assert response["Location"] == f"{PATH}{booking.id}/"


def test_page_of_a_request_asks_and_its_history_tells(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    page = web.get(f"{PATH}{booking.id}/")
    text = text_of(page)
    assert "Waiting for an answer until" in text
    assert "Cancel appointment" not in text
    assert "Asked for" in text
    web.post(f"{PATH}{booking.id}/decline/", {"reason": "I am away."})
    text = text_of(web.get(f"{PATH}{booking.id}/"))
    assert (status(booking), booking.cancel_reason) == ("declined", "I am away.")
    for part in ("Declined on", "I am away.", "Ada Owner"):
        assert part in text


def test_decline_without_javascript_asks_on_a_page_of_its_own(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    text = text_of(web.get(f"{PATH}{booking.id}/decline/"))
    assert "Decline the request of Grace Guest?" in text
    assert "The guest gets an email with a new one-time link." in text
    long = web.post(f"{PATH}{booking.id}/decline/", {"reason": "x" * 1001})
    assert (long.status_code, status(booking)) == (422, "pending")


def test_declined_request_shows_the_new_link_once_it_was_mailed(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    web.post(f"{PATH}{booking.id}/decline/", {"reason": ""})
    assert "Make a new link" in text_of(web.get(f"{PATH}{booking.id}/"))
    run_pending(now=NOW)
    assert OneTimeLink.objects.count() == 2
    assert "Make a new link" not in text_of(web.get(f"{PATH}{booking.id}/"))


def test_answered_request_cannot_be_answered_the_other_way(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    web.post(f"{PATH}{booking.id}/approve/")
    assert web.post(f"{PATH}{booking.id}/decline/", {"reason": ""}).status_code == 302
    assert status(booking) == "confirmed"
    late = request(calendar, TOMORROW + timedelta(hours=1))
    decline_unanswered(now=NOW + timedelta(hours=6))
    web.post(f"{PATH}{late.id}/approve/")
    assert status(late) == "declined"
    assert "Nobody answered in time" in text_of(web.get(f"{PATH}{late.id}/"))


@pytest.mark.parametrize(("level", "allowed"), [("view", False), ("book", True)])
def test_member_answers_where_they_may_book(
    account: Account, calendar: Calendar, freeze: Any, level: str, allowed: bool
) -> None:
    member = factories.member(account)
    CalendarAccess.objects.create(calendar=calendar, user=member, level=level)
    client = Client()
    client.force_login(member)
    booking = request(calendar)
    assert (f"{PATH}{booking.id}/approve/" in client.get(PATH).content.decode()) is allowed
    assert (f"{PATH}{booking.id}/approve/" in client.get(f"{PATH}{booking.id}/").content.decode()) is allowed
    assert client.post(f"{PATH}{booking.id}/approve/").status_code == (302 if allowed else 403)
    assert status(booking) == ("confirmed" if allowed else "pending")


def test_answer_from_the_mail_is_told_as_such(web: Client, account: Account, calendar: Calendar) -> None:
    booking = request(calendar)
    who = Actor("host", str(booking.host_id))
    decline(account_id=account.id, booking_id=booking.id, actor=who, now=NOW)
    assert f"{booking.host.name} (from the mail)" in text_of(web.get(f"{PATH}{booking.id}/"))


def test_without_a_new_link_the_page_promises_none(web: Client, account: Account, calendar: Calendar) -> None:
    update_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, reissue_on_decline=False)
    booking = request(calendar)
    text = text_of(web.get(f"{PATH}{booking.id}/decline/"))
    assert "The guest gets an email." in text
    assert "new one-time link" not in text


def test_owner_who_moves_a_request_is_told_that_it_is_approved_by_that(web: Client, calendar: Calendar) -> None:
    booking = request(calendar)
    assert "Moving a request approves it" in text_of(web.get(f"{PATH}{booking.id}/reschedule/"))
    web.post(f"{PATH}{booking.id}/reschedule/", {"start": str(booking.start_min + 60)})
    assert status(booking) == "confirmed"

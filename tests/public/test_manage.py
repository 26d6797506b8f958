"""The guest's own page: what, when, where; calendar files; moving and cancelling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.public.conftest import LOCAL, Practice, form_of, manage_path, minute, text_of

from admitone.booking.services import cancel

OTHER = "2026-11-03 11:00"


def send(client: Client, path: str, **values: Any) -> Any:
    return client.post(path, {**form_of(client.get(path).content.decode()), **values}, **LOCAL)


def test_page_tells_what_when_where_and_with_whom(practice: Practice, client: Client) -> None:
    practice.change(location_kind="address", location="Lindenstraße 12")
    text = text_of(client.get(f"{manage_path(practice.booking())}?new=1"))
    for part in (
        "You are booked",
        "First visit",
        "Tuesday, 3 November 2026",
        "09:00 – 09:30",
        "Lindenstraße 12",
        "Dr Lime",
    ):
        assert part in text


def test_page_takes_two_statements(
    practice: Practice, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = manage_path(practice.booking())
    with django_assert_num_queries(2):
        client.get(path)


def test_both_zones_are_shown_where_they_differ(practice: Practice, client: Client) -> None:
    booking = practice.booking(timezone="America/New_York")
    text = text_of(client.get(manage_path(booking)))
    assert "03:00 – 03:30 America/New York, GMT−5" in text
    assert "Tuesday, 3 November 2026, 09:00 – 09:30 in Europe/Berlin" in text


def test_without_mail_the_guest_is_told_to_save_the_page(practice: Practice, client: Client) -> None:
    path = manage_path(practice.booking())
    assert "Save this page" in text_of(client.get(path))
    from admitone.messaging.models import EmailSettings

    EmailSettings.objects.create(account=practice.account, host="mail.example", updated_at=practice.now)
    assert "Sent to anna@example.com" in text_of(client.get(path))


def test_calendar_file_is_one_appointment(practice: Practice, client: Client) -> None:
    booking = practice.booking()
    answer = client.get(f"{manage_path(booking)}/calendar.ics")
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert ("METHOD:PUBLISH" in text, f"UID:{booking.id}@admitone" in text, "DTSTART:20261103T080000Z" in text) == (
        True,
        True,
        True,
    )


def test_confirmation_message_is_shown_as_text(practice: Practice, client: Client) -> None:
    practice.change(confirmation_message="Ring twice.\n<b>Second floor</b>")
    html = client.get(manage_path(practice.booking())).content.decode()
    assert "Ring twice.<br>&lt;b&gt;Second floor&lt;/b&gt;" in html


def test_reschedule_strikes_the_old_time_and_moves(practice: Practice, client: Client) -> None:
    booking = practice.booking()
    path = f"{manage_path(booking)}/reschedule"
    assert "<del>Tue, 3 Nov, 09:00</del>" in client.get(path).content.decode()
    answer = send(client, path, start=minute(OTHER))
    booking.refresh_from_db()
    assert (answer.status_code, booking.start_min, booking.sequence) == (303, minute(OTHER), 1)
    page = client.get(answer["Location"])
    assert "Your appointment was moved" in text_of(page)
    assert "Tue, 3 Nov, 09:00" in text_of(page)


def test_reschedule_page_takes_two_statements(
    practice: Practice, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"{manage_path(practice.booking())}/reschedule"
    with django_assert_num_queries(2):
        client.get(path)


def test_reschedule_to_a_lost_time_offers_the_nearest(practice: Practice, client: Client) -> None:
    booking = practice.booking()
    path = f"{manage_path(booking)}/reschedule"
    fields = form_of(client.get(path).content.decode())
    practice.booking(OTHER)
    answer = client.post(path, {**fields, "start": minute(OTHER)}, **LOCAL)
    assert (answer.status_code, "11:00 has just been taken" in text_of(answer)) == (409, True)
    near = minute("2026-11-03 10:30")
    assert client.post(path, {**fields, "pick": near}, **LOCAL).status_code == 303


def test_cancel_asks_first_and_keeps_the_reason(practice: Practice, client: Client) -> None:
    booking = practice.booking()
    path = f"{manage_path(booking)}/cancel"
    assert "Cancel this appointment?" in text_of(client.get(path))
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    answer = send(client, path, reason="Ill")
    booking.refresh_from_db()
    assert (answer.status_code, booking.status, booking.cancel_reason, booking.cancelled_by) == (
        303,
        "cancelled",
        "Ill",
        "guest",
    )
    page = client.get(answer["Location"])
    assert "This appointment is cancelled" in text_of(page)
    assert "/reschedule" not in page.content.decode()
    assert client.get(path).status_code == 303


def test_cancelled_booking_gives_a_file_that_removes_it(practice: Practice, client: Client) -> None:
    booking = practice.booking()
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=practice.actor, now=practice.now, by="host")
    assert "METHOD:CANCEL" in client.get(f"{manage_path(booking)}/calendar.ics").content.decode()
    assert client.get(f"{manage_path(booking)}/reschedule").status_code == 409


def test_after_the_last_moment_the_page_says_whom_to_contact(practice: Practice, client: Client) -> None:
    practice.change(change_cutoff=24 * 60)
    booking = practice.booking("2026-11-03 09:30")
    text = text_of(client.get(manage_path(booking)))
    assert "It is too late to change this appointment here. Please contact Dr Lime." in text
    for verb in ("reschedule", "cancel"):
        answer = client.get(f"{manage_path(booking)}/{verb}")
        assert (answer.status_code, "It is too late to change this here" in text_of(answer)) == (409, True)


def test_last_moment_that_passes_while_the_form_is_open_counts(practice: Practice, client: Client, freeze: Any) -> None:
    practice.change(change_cutoff=60)
    booking = practice.booking()
    path = f"{manage_path(booking)}/cancel"
    fields = form_of(client.get(path).content.decode())
    freeze.shift(timedelta(hours=22, minutes=30))
    assert client.post(path, fields, **LOCAL).status_code == 409
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_what_the_owner_forbids_is_not_offered(practice: Practice, client: Client) -> None:
    practice.change(guest_can_reschedule=False, guest_can_cancel=False)
    path = manage_path(practice.booking())
    html = client.get(path).content.decode()
    assert (f"{path}/reschedule" in html, f"{path}/cancel" in html) == (False, False)
    assert client.get(f"{path}/cancel").status_code == 409


def test_past_booking_offers_no_change(practice: Practice, client: Client, freeze: Any) -> None:
    path = manage_path(practice.booking())
    freeze.shift(timedelta(days=3))
    page = client.get(path)
    assert "This appointment is over" in text_of(page)
    assert client.get(f"{path}/reschedule").status_code == 409


def test_forged_and_foreign_forms_change_nothing(practice: Practice, client: Client) -> None:
    booking, other = practice.booking(), practice.booking("2026-11-04 09:00")
    foreign = form_of(client.get(f"{manage_path(other)}/cancel").content.decode())
    for fields in ({}, {"form": "x"}, foreign):
        assert client.post(f"{manage_path(booking)}/cancel", fields, **LOCAL).status_code == 403
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_mail_in_the_guests_language_opens_in_it(practice: Practice, client: Client) -> None:
    booking = practice.booking(locale="de")
    assert client.get(manage_path(booking))["Content-Language"] == "de"
    assert client.get(manage_path(booking), HTTP_ACCEPT_LANGUAGE="fr")["Content-Language"] == "fr"

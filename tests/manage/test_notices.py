"""A calendar's page > Notifications."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.messaging.conftest import use_server
from tests.smtp import SmtpServer

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.calendars.services import update_calendar
from admitone.events.actor import SYSTEM
from admitone.logic.notices import STANDARD_REMINDER
from admitone.notifications import queries
from admitone.notifications.models import CalendarNotice
from admitone.notifications.services import create_notice
from admitone.workflows.services import publish

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic", name="North Clinic")


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="First visit", location_kind="address", location="Lane 1")


@pytest.fixture(autouse=True)
def signed_in(client: Client, account: Account, freeze: Any) -> None:
    client.force_login(factories.owner(account, email="owner@example.com"))


def at(calendar: Calendar, rest: str = "") -> str:
    return f"/app/clinic/calendars/{calendar.id}/notifications/{rest}"


def html(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


REMINDER = {
    "occasion": "reminder",
    "offset": "2",
    "offset_unit": "60",
    "audience": "guest",
    "channel": "email",
    "subject": "Soon: {{ appointment.time }}",
    "body": "See you soon, {{ contact.first_name }}.",
}


def test_table_shows_every_standard_notification_and_what_one_guest_gets(client: Client, calendar: Calendar) -> None:
    page = client.get(at(calendar))
    assert [one["name"] for one in page.context["groups"]][:2] == ["Booked", "Rescheduled"]
    assert [(one.what, one.who, one.when) for one in page.context["receipts"]] == [
        ("Booked", "Guest", "At once"),
        ("Booked", "Host", "At once"),
        ("Reminder", "Guest", "1 day before the start"),
    ]
    assert client.get(at(calendar).replace("notifications", "look")).status_code == 200


def test_second_reminder_is_added_listed_switched_off_deleted_and_restored(client: Client, calendar: Calendar) -> None:
    assert client.get(at(calendar, "new/?occasion=reminder")).status_code == 200
    assert client.post(at(calendar, "new/"), REMINDER).url == at(calendar)
    row = CalendarNotice.objects.get()
    assert (row.offset_minutes, row.body) == (120, REMINDER["body"])
    receipts = client.get(at(calendar)).context["receipts"]
    assert [one.when for one in receipts if one.what == "Reminder"] == [
        "1 day before the start",
        "2 hours before the start",
    ]
    client.post(at(calendar, f"{row.id}/state/"), {"on": "0"})
    assert queries.notice(calendar, str(row.id)).is_on is False
    client.post(at(calendar, f"{row.id}/deletion/"))
    assert "Deleted notifications" in html(client, at(calendar))
    client.post(at(calendar, f"{row.id}/restoration/"))
    assert queries.notice(calendar, str(row.id)).offset == 120


def test_wrong_words_and_times_come_back_at_their_fields(client: Client, calendar: Calendar) -> None:
    answer = client.post(at(calendar, "new/"), {**REMINDER, "offset": "soon", "body": "{{ contact.shoe }}"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"offset"}
    answer = client.post(at(calendar, "new/"), {**REMINDER, "body": "{{ contact.shoe }}"})
    assert set(answer.context["form"].errors) == {"body"}
    answer = client.post(at(calendar, "new/"), {**REMINDER, "occasion": "booked", "audience": "extra"})
    assert set(answer.context["form"].errors) == {"addresses"}
    assert not CalendarNotice.objects.exists()


def test_standard_reminder_is_edited_and_its_hours_are_the_calendars(client: Client, calendar: Calendar) -> None:
    url = at(calendar, f"{STANDARD_REMINDER}/")
    form = client.get(url).context["form"]
    assert (form.initial["offset"], form.initial["offset_unit"]) == (1, "1440")
    assert (
        client.post(url, {"offset": "3", "offset_unit": "60", "subject": "", "body": "Bring your card."}).status_code
        == 302
    )
    calendar.refresh_from_db()
    assert calendar.reminder_hours == 3
    assert "Bring your card." in html(client, at(calendar))


def test_preview_shows_the_standard_letter_unsaved_words_and_gaps(client: Client, calendar: Calendar) -> None:
    shown = client.get(at(calendar, "preview/?key=booked.guest.email"))
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown.context["shown"].subject.startswith("Appointment with Dr Host")
    ada = factories.contact(calendar.account, name="Ada Lovelace", email="ada@example.com", phone="")
    typed = {**REMINDER, "for": "ada@example.com"}
    shown = client.post(at(calendar, "preview/"), typed).context["shown"]
    assert (shown.subject[:6], shown.text.splitlines()[0]) == ("Soon: ", "See you soon, Ada.")
    factories.booking(calendar, contact=ada)
    shown = client.post(at(calendar, "preview/"), {**typed, "body": "{{ contact.phone }} {{ appointment.location }}"})
    assert shown.context["shown"].empty == ("contact.phone",)
    assert "The standard words are sent instead" in shown.content.decode()
    wrong = client.post(at(calendar, "preview/"), {**typed, "body": "{{ contact.shoe }}"}).context["shown"]
    assert dict(wrong.faults).keys() == {"body"}
    text = client.post(at(calendar, "preview/"), {**typed, "channel": "sms", "body": ""}).context["shown"].text
    assert text.startswith("Reminder: Dr Host")
    for occasion in ("booked", "pending", "confirmed", "declined", "rescheduled", "cancelled", "follow_up"):
        for audience in ("guest", "host", "extra"):
            asked = {"occasion": occasion, "audience": audience, "channel": "email"}
            assert client.post(at(calendar, "preview/"), asked).context["shown"].text
            sms = client.post(at(calendar, "preview/"), {**asked, "channel": "sms"})
            assert sms.context["shown"].text


def test_preview_is_in_the_language_of_whoever_looks_or_the_one_they_choose(client: Client, calendar: Calendar) -> None:
    Account.objects.filter(id=calendar.account_id).update(locale="de")
    url = at(calendar, "preview/?key=booked.guest.email")
    assert client.get(url).context["shown"].subject.startswith("Appointment with")
    for language in ("de", "reader"):
        assert client.get(f"{url}&in={language}").context["shown"].subject.startswith("Termin bei")
    assert client.get(f"{url}&in=xx").context["shown"].subject.startswith("Appointment with")


def test_those_who_come_along_are_listed_where_there_are_parties(client: Client, calendar: Calendar) -> None:
    assert "Those who come along" not in html(client, at(calendar))
    room = factories.calendar(calendar.account, kind="class", capacity=5, max_party=3)
    assert "Those who come along" in html(client, at(room))
    page = html(client, at(room, "booked.party.email/"))
    assert ("Nobody but the guest gets the link" in page, 'name="body"' in page) == (True, False)
    shown = client.get(at(room, "preview/?key=booked.party.email")).context["shown"]
    assert "Hello Charles Babbage," in shown.text


def test_preview_stores_nothing(client: Client, calendar: Calendar) -> None:
    from admitone.booking.models import Booking
    from admitone.contacts.models import Contact

    client.post(at(calendar, "preview/"), REMINDER)
    client.get(at(calendar))
    assert (Booking.objects.count(), Contact.objects.count()) == (0, 0)


def test_saving_can_send_it_to_whoever_asks(client: Client, calendar: Calendar, smtp_server: SmtpServer) -> None:
    use_server(calendar.account, smtp_server)
    factories.contact(calendar.account, name="Ada Lovelace", email="ada@example.com")
    answer = client.post(at(calendar, "new/"), {**REMINDER, "do": "test"})
    row = CalendarNotice.objects.get()
    assert answer.url == at(calendar, f"{row.id}/")
    assert [mail.recipients for mail in smtp_server.messages] == [("owner@example.com",)]
    assert "See you soon, Ada." in smtp_server.messages[0].text()


def test_workflow_that_says_the_same_is_pointed_at(client: Client, calendar: Calendar) -> None:
    account = calendar.account
    mail = {"name": "mail", "type": "email.send", "params": {"subject": "Hi", "body": "You are booked."}}
    later = {"name": "later", "type": "wait.until", "params": {"anchor": "appointment.start", "minutes": -1440}}
    again = {"name": "again", "type": "email.send", "params": {"subject": "Hi", "body": "Tomorrow."}}
    other = {
        "name": "desk",
        "type": "email.send",
        "params": {"subject": "Hi", "body": "New.", "to": "desk@example.com"},
    }
    trigger = [{"type": "booking.created", "filters": {"calendars": [str(calendar.id)]}}]
    flow = factories.workflow(account, mail, other, later, again, name="Welcome", triggers=trigger)
    publish(account=account, workflow_id=flow.id, actor=SYSTEM, now=NOW)
    page = client.get(at(calendar))
    told = [(one.what, one.doubles) for one in page.context["receipts"] if one.workflow]
    assert told == [
        ("Send Email", "Booked: Guest, Email"),
        ("Send Email", "Reminder: Guest, Email, 1 day before the start"),
    ]
    assert len(page.context["doubles"]) == 2
    assert "Guests are told some things twice" in page.content.decode()
    client.post(at(calendar, "booked.guest.email/state/"), {"on": "0"})
    assert len(client.get(at(calendar)).context["doubles"]) == 1
    assert not client.get(at(factories.calendar(account))).context["doubles"]


def test_booking_page_lists_what_is_still_to_come(client: Client, calendar: Calendar) -> None:
    who = {"account": calendar.account, "calendar_id": calendar.id, "actor": SYSTEM, "now": NOW}
    create_notice(**who, occasion="reminder", offset_minutes=60, channel="sms")
    create_notice(**who, occasion="follow_up", offset_minutes=60)
    update_calendar(**who, reminder_hours=2)
    booking = factories.booking(calendar)
    page = client.get(f"/app/clinic/bookings/{booking.id}/")
    assert [(one.what, one.channel, one.why_not) for one in page.context["receipts"]] == [
        ("Reminder", "email", ""),
        ("Reminder", "sms", "No SMS provider yet"),
        ("Follow-up", "email", ""),
    ]
    assert "Still to come" in page.content.decode()


def test_member_without_the_calendar_cannot_see_or_change(client: Client, calendar: Calendar) -> None:
    client.force_login(factories.member(calendar.account))
    assert client.get(at(calendar)).status_code == 404
    assert client.post(at(calendar, "new/"), REMINDER).status_code == 404
    assert client.post(at(calendar, "booked.guest.email/state/"), {"on": "0"}).status_code == 404

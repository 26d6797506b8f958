"""A calendar's own notices: words, times, recipients, SMS; nothing twice, nothing for the past."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from tests import factories
from tests.notifications.conftest import mails
from tests.notifications.test_booked import FRIDAY, book, invitation, move
from tests.smtp import SmtpServer
from tests.twilio import NUMBER, SID, TOKEN, Twilio

from admitone.accounts.addresses import answer_url, manage_url
from admitone.accounts.models import Account
from admitone.booking.services import book as make_booking
from admitone.booking.services import cancel, complete, mark_no_show
from admitone.calendars.models import Calendar
from admitone.calendars.services import update_calendar
from admitone.events.actor import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.logic.bookings import clean_guest
from admitone.logic.errors import Problem
from admitone.logic.notices import STANDARD, STANDARD_REMINDER, Notice
from admitone.messaging.models import Message
from admitone.messaging.opting import opt_out
from admitone.messaging.queries import opted_out_of
from admitone.messaging.sms import SmsProvider, save_sms_settings
from admitone.notifications import queries
from admitone.notifications.models import CalendarNotice
from admitone.notifications.services import create_notice, delete_notice, restore_notice, update_notice
from admitone.notifications.tasks import notify

NOW = factories.NOW
HOUR = timedelta(hours=1)
GUEST_AT, HOST_AT, DESK = "ana@example.com", "klein@example.com", "desk@example.com"
PHONE = "+4915112345678"


@pytest.fixture
def twilio(account: Account, settings: Any) -> Iterator[Twilio]:
    """The account's SMS go to this server."""
    with Twilio() as server:
        settings.ENV = dataclasses.replace(settings.ENV, twilio_url=server.url)
        save_sms_settings(account=account, typed=SmsProvider("twilio", NUMBER, SID, TOKEN), actor=SYSTEM, now=NOW)
        yield server


def add(calendar: Calendar, occasion: str, now: datetime = NOW, **fields: Any) -> Notice:
    ids = {"account": calendar.account, "calendar_id": calendar.id, "actor": SYSTEM, "now": now}
    return create_notice(**ids, occasion=occasion, **fields)


def change(calendar: Calendar, key: str, now: datetime = NOW, **fields: Any) -> Notice:
    return update_notice(
        account=calendar.account, calendar_id=calendar.id, key=key, actor=SYSTEM, now=now, **fields
    )  # fmt: skip


def remove(calendar: Calendar, key: str) -> None:
    delete_notice(account=calendar.account, calendar_id=calendar.id, key=key, actor=SYSTEM, now=NOW)


def sent(server: SmtpServer, now: datetime, to: str = GUEST_AT) -> list[str]:
    """Run what is due; the subjects of the mails that this address has got so far."""
    run_pending(now=now)
    return [str(mail.message["Subject"]) for mail in server.messages if mail.recipients == (to,)]


def test_calendar_that_nobody_touched_has_the_standard_notices(calendar: Calendar) -> None:
    table = queries.table(calendar)
    assert [one.key for one in table] == list(STANDARD)
    assert all(one.is_on and not one.has_words for one in table)
    assert queries.notice(calendar, STANDARD_REMINDER).offset == 24 * 60


def test_own_words_replace_the_letter_and_keep_its_file_and_its_link(mailing: SmtpServer, calendar: Calendar) -> None:
    words = "Dear {{ contact.first_name }},\nsee you at {{ appointment.time }}: {{ appointment.location }}."
    change(calendar, "booked.guest.email", subject="See you, {{ contact.first_name }}", body=words)
    booking = book(calendar)
    found = mails(mailing)
    assert found[GUEST_AT].message["Subject"] == "See you, Ana"
    link = f"Reschedule or cancel: {manage_url(booking.id)}"
    told = f"Dear Ana,\nsee you at 14:00: Hauptstraße 1, Köln.\n\n{link}\n"
    assert found[GUEST_AT].text().replace("\r\n", "\n") == told
    assert invitation(found[GUEST_AT])[0] == "REQUEST"
    assert str(found[HOST_AT].message["Subject"]).startswith("New appointment")


def test_own_subject_alone_keeps_the_standard_letter(mailing: SmtpServer, calendar: Calendar) -> None:
    change(calendar, "booked.guest.email", subject="Kommen Sie!")
    book(calendar)
    mail = mails(mailing)[GUEST_AT]
    assert mail.message["Subject"] == "Kommen Sie!"
    assert "Your appointment is booked" in mail.text()


def test_words_with_a_gap_give_way_to_the_standard_letter(mailing: SmtpServer, calendar: Calendar) -> None:
    change(calendar, "booked.guest.email", body="Your number is {{ contact.phone }}.")
    book(calendar)
    mail = mails(mailing)[GUEST_AT]
    assert "Your appointment is booked" in mail.text()
    assert "Your number" not in mail.text()


def test_notice_that_is_off_is_not_sent_and_others_are(mailing: SmtpServer, calendar: Calendar) -> None:
    change(calendar, "booked.guest.email", enabled=False)
    book(calendar)
    assert set(mails(mailing)) == {HOST_AT}
    change(calendar, "booked.guest.email", enabled=True)
    book(calendar, FRIDAY + HOUR)
    assert set(mails(mailing)) == {GUEST_AT, HOST_AT}


def test_extra_people_are_told_without_a_calendar_file(mailing: SmtpServer, calendar: Calendar) -> None:
    add(calendar, "cancelled", audience="extra", addresses=[DESK, "Desk@example.com", DESK])
    booking = book(calendar)
    assert set(mails(mailing)) == {GUEST_AT, HOST_AT}
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=GUEST, now=NOW, by="guest")
    mail = mails(mailing)[DESK]
    assert mail.message["Subject"] == "Cancelled: Ana Lima, Fri, 6 Nov 2026, 14:00"
    assert manage_url(booking.id) not in mail.text()
    assert not any(part.get_content_type() == "text/calendar" for part in mail.message.walk())


def test_extra_people_leave_by_one_click_and_get_nothing_more(
    mailing: SmtpServer, calendar: Calendar, client: Client
) -> None:
    add(calendar, "booked", audience="extra", addresses=[DESK, "other@example.com"])
    book(calendar)
    mail = mails(mailing)[DESK]
    way = str(mail.message["List-Unsubscribe"]).strip("<>")
    assert (str(mail.message["List-Unsubscribe-Post"]), way in mail.text()) == ("List-Unsubscribe=One-Click", True)
    assert client.post(urlsplit(way).path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    book(calendar, FRIDAY + HOUR)
    run_pending(now=NOW)
    found = [one.recipients[0] for one in mailing.messages]
    assert (found.count(DESK), found.count("other@example.com")) == (1, 2)
    assert opted_out_of(calendar.account_id, [DESK, "other@example.com"]) == {DESK}


def test_nobodys_appointment_mails_a_crowd(calendar: Calendar) -> None:
    def crowd(name: str, number: int) -> list[str]:
        return [f"{name}{n}@example.com" for n in range(number)]

    first, second = (add(calendar, "booked", audience="extra", addresses=crowd(name, 10)) for name in "ab")
    add(calendar, "cancelled", audience="extra", addresses=[DESK])
    with pytest.raises(Problem) as problem:
        add(calendar, "booked", audience="extra", addresses=[DESK])
    assert list(problem.value.fields) == ["addresses"]
    off = add(calendar, "booked", audience="extra", addresses=[DESK], enabled=False)
    with pytest.raises(Problem, match="21 messages"):
        change(calendar, off.key, enabled=True)
    remove(calendar, first.key)
    assert change(calendar, off.key, enabled=True).is_on is True
    with pytest.raises(Problem, match="21 messages"):
        restore_notice(account=calendar.account, calendar_id=calendar.id, key=first.key, actor=SYSTEM, now=NOW)
    assert [one.key for one in queries.of_occasion(calendar, "booked") if one.audience == "extra"] == [
        second.key,
        off.key,
    ]


def test_several_reminders_each_go_once_at_their_time(mailing: SmtpServer, calendar: Calendar) -> None:
    add(calendar, "reminder", offset_minutes=90, subject="Soon: {{ appointment.time }}", body="See you soon.")
    add(calendar, "reminder", offset_minutes=10, audience="host")
    book(calendar)
    assert len(sent(mailing, NOW)) == 1
    assert len(sent(mailing, FRIDAY - 24 * HOUR)) == 2
    assert sent(mailing, FRIDAY - 1.5 * HOUR)[2:] == ["Soon: 14:00"]
    assert sent(mailing, FRIDAY - timedelta(minutes=11), HOST_AT)[1:] == []
    assert sent(mailing, FRIDAY - timedelta(minutes=10), HOST_AT)[1:] == ["Reminder: Ana Lima, Fri, 6 Nov 2026, 14:00"]
    assert len(sent(mailing, FRIDAY)) == 3


def test_reminder_follows_a_move_and_is_silent_for_a_moment_that_has_passed(
    mailing: SmtpServer, calendar: Calendar
) -> None:
    add(calendar, "reminder", offset_minutes=90, subject="Soon: {{ appointment.time }}", body="Soon.")
    booking = book(calendar)
    mails(mailing)
    move(booking, FRIDAY + HOUR)
    assert [one for one in sent(mailing, FRIDAY - HOUR) if "Soon" in one] == []
    assert [one for one in sent(mailing, FRIDAY - HOUR / 2) if "Soon" in one] == ["Soon: 15:00"]
    late = book(calendar, NOW + HOUR, email="late@example.com")
    run_pending(now=NOW)
    assert late.status == "confirmed"
    assert [one for one in sent(mailing, NOW + HOUR, "late@example.com") if "Soon" in one] == []


def test_reminder_changed_later_moves_for_appointments_that_are_booked(mailing: SmtpServer, calendar: Calendar) -> None:
    soon = add(calendar, "reminder", offset_minutes=90, subject="Soon", body="Soon.")
    book(calendar)
    mails(mailing)
    change(calendar, soon.key, offset_minutes=30)
    assert "Soon" not in sent(mailing, FRIDAY - HOUR)
    assert "Soon" in sent(mailing, FRIDAY - HOUR / 2)
    added = add(calendar, "reminder", offset_minutes=20, subject="Very soon", body="Now.", now=FRIDAY - HOUR / 2)
    remove(calendar, soon.key)
    run_pending(now=FRIDAY - HOUR / 2)
    assert "Very soon" in sent(mailing, FRIDAY - HOUR / 3)
    assert sent(mailing, FRIDAY).count("Soon") == sent(mailing, FRIDAY).count("Very soon") == 1
    assert added.offset == 20


def test_cancelled_and_deleted_reminders_are_silent(mailing: SmtpServer, calendar: Calendar) -> None:
    soon = add(calendar, "reminder", offset_minutes=90, subject="Soon", body="Soon.")
    booking, other = book(calendar), book(calendar, FRIDAY + HOUR)
    mails(mailing)
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=GUEST, now=NOW, by="guest")
    remove(calendar, soon.key)
    assert "Soon" not in sent(mailing, FRIDAY + HOUR)
    assert other.status == "confirmed"


def test_message_is_one_however_often_its_job_runs(mailing: SmtpServer, calendar: Calendar) -> None:
    soon = add(calendar, "reminder", offset_minutes=90, subject="Soon", body="Soon.")
    booking = book(calendar)
    for _ in range(3):  # a worker that was killed after its commit leaves the job to the next
        notify(booking_id=str(booking.id), start_min=booking.start_min, notice=soon.key, now=FRIDAY - HOUR)
    assert sent(mailing, FRIDAY - HOUR).count("Soon") == 1
    try:
        with transaction.atomic():
            move(booking, FRIDAY + HOUR)
            run_pending(now=NOW)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert sent(mailing, FRIDAY).count("Soon") == 1


def test_follow_up_goes_to_those_who_came(mailing: SmtpServer, calendar: Calendar) -> None:
    add(calendar, "follow_up", offset_minutes=120)
    came, missed = book(calendar), book(calendar, FRIDAY + HOUR, email="missed@example.com")
    mails(mailing)
    mark_no_show(account_id=missed.account_id, booking_id=missed.id, actor=SYSTEM, now=FRIDAY + HOUR)
    complete(now=FRIDAY + 2 * HOUR)
    assert "Thank you for your appointment with Dr. Klein" not in sent(mailing, FRIDAY + 2 * HOUR)
    assert sent(mailing, FRIDAY + 2.5 * HOUR)[-1] == "Thank you for your appointment with Dr. Klein"
    assert sent(mailing, FRIDAY + 48 * HOUR, "missed@example.com")[2:] == []
    assert len([one for one in sent(mailing, FRIDAY + 48 * HOUR) if "Thank you" in one]) == 1
    assert came.status == "confirmed"


def test_follow_up_due_at_the_end_goes_as_soon_as_it_is_over_but_not_days_later(
    mailing: SmtpServer, calendar: Calendar
) -> None:
    add(calendar, "follow_up", offset_minutes=0, subject="Bye", body="Bye.")
    book(calendar)
    complete(now=FRIDAY + HOUR)
    assert "Bye" in sent(mailing, FRIDAY + HOUR)
    book(calendar, FRIDAY + HOUR, email="late@example.com")
    complete(now=FRIDAY + 30 * HOUR)
    assert "Bye" not in sent(mailing, FRIDAY + 30 * HOUR, "late@example.com")


def test_follow_up_says_how_to_be_left_alone(mailing: SmtpServer, calendar: Calendar) -> None:
    add(calendar, "follow_up", offset_minutes=0)
    add(calendar, "follow_up", offset_minutes=1, subject="Bye", body="Bye.")
    book(calendar)
    complete(now=FRIDAY + HOUR)
    run_pending(now=FRIDAY + HOUR)
    follow_ups = [mail for mail in mailing.messages if mail.message["List-Unsubscribe"]]
    assert len(follow_ups) == 2
    for mail in follow_ups:
        url = str(mail.message["List-Unsubscribe"]).strip("<>")
        assert url in mail.text().replace("\r\n", "\n")
        assert url in mail.html()


def test_follow_up_is_not_mailed_to_whoever_unsubscribed(mailing: SmtpServer, calendar: Calendar) -> None:
    add(calendar, "follow_up", offset_minutes=0, subject="Bye", body="Bye.")
    opt_out(account=calendar.account, channel="email", address=GUEST_AT, source="one_click", actor=GUEST, now=NOW)
    book(calendar)
    complete(now=FRIDAY + HOUR)
    found = sent(mailing, FRIDAY + HOUR)
    assert found
    assert "Bye" not in found


def test_sms_goes_to_the_guests_number_in_their_language(twilio: Twilio, account: Account) -> None:
    calendar = factories.calendar(account, name="Consultation", phone="optional")
    add(calendar, "reminder", channel="sms", offset_minutes=60)
    add(calendar, "booked", channel="sms", body="Hi {{ contact.first_name }}: {{ appointment.time }}")
    add(calendar, "booked", channel="sms", audience="extra", addresses=["+49 30 1234567"])
    booking = book(calendar, phone=PHONE, locale="de")
    run_pending(now=NOW)
    texts = {one["To"]: one["Body"] for one in twilio.sent}
    assert texts[PHONE] == "Hi Ana: 14:00"
    assert texts["+49301234567"].startswith("New appointment: Ana Lima, Consultation, ")
    run_pending(now=FRIDAY - HOUR)
    assert twilio.sent[-1]["To"] == PHONE
    assert manage_url(booking.id) in twilio.sent[-1]["Body"]
    run_pending(now=FRIDAY)
    assert len(twilio.sent) == 3


def test_sms_is_left_out_without_number_provider_or_wish(twilio: Twilio, account: Account) -> None:
    calendar = factories.calendar(account, phone="optional")
    add(calendar, "booked", channel="sms")
    book(calendar)
    opt_out(account=account, channel="sms", address=PHONE, source="stop", actor=GUEST, now=NOW)
    book(calendar, FRIDAY + HOUR, phone=PHONE)
    save_sms_settings(account=account, typed=SmsProvider(), actor=SYSTEM, now=NOW)
    book(calendar, FRIDAY + 2 * HOUR, phone="+4915112345679")
    run_pending(now=NOW)
    assert twilio.sent == []
    assert not Message.objects.filter(channel="sms").exists()


def test_standard_reminder_keeps_its_hours_in_the_calendar(calendar: Calendar) -> None:
    assert change(calendar, STANDARD_REMINDER, offset_minutes=120).offset == 120
    calendar.refresh_from_db()
    assert calendar.reminder_hours == 2
    assert change(calendar, STANDARD_REMINDER, offset_minutes=45).offset == 45
    calendar.refresh_from_db()
    assert calendar.reminder_hours is None
    update_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, reminder_hours=3)
    calendar.refresh_from_db()
    assert queries.notice(calendar, STANDARD_REMINDER).offset == 180
    assert change(calendar, STANDARD_REMINDER, enabled=False).is_on is False


def test_standard_reminder_of_a_calendar_without_one_is_switched_on_with_a_day(account: Account) -> None:
    calendar = factories.calendar(account, reminder_hours=None)
    assert queries.notice(calendar, STANDARD_REMINDER).is_on is False
    assert change(calendar, STANDARD_REMINDER, body="Bring your card.").is_on is False
    found = change(calendar, STANDARD_REMINDER, enabled=True)
    assert (found.is_on, found.offset, found.body) == (True, 24 * 60, "Bring your card.")


def test_own_notice_is_deleted_and_brought_back_and_a_standard_one_switched_off(calendar: Calendar) -> None:
    one = add(calendar, "booked", audience="extra", addresses=[DESK])
    remove(calendar, one.key)
    assert one.key not in {row.key for row in queries.table(calendar)}
    assert [row.key for row in queries.deleted(calendar, NOW)] == [one.key]
    with pytest.raises(Problem):
        remove(calendar, one.key)
    ids: dict[str, Any] = {"account": calendar.account, "calendar_id": calendar.id, "actor": SYSTEM}
    assert restore_notice(**ids, key=one.key, now=NOW).key == one.key
    remove(calendar, "booked.host.email")
    assert queries.notice(calendar, "booked.host.email").is_on is False


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"occasion": "eclipse"}, "occasion"),
        ({"occasion": "booked", "audience": "aunt"}, "audience"),
        ({"occasion": "booked", "channel": "fax"}, "channel"),
        ({"occasion": "booked", "audience": "host", "channel": "sms"}, "channel"),
        ({"occasion": "booked", "offset_minutes": 5}, "offset_minutes"),
        ({"occasion": "reminder"}, "offset_minutes"),
        ({"occasion": "reminder", "offset_minutes": 0}, "offset_minutes"),
        ({"occasion": "reminder", "offset_minutes": 10**9}, "offset_minutes"),
        ({"occasion": "reminder", "offset_minutes": True}, "offset_minutes"),
        ({"occasion": "booked", "audience": "extra"}, "addresses"),
        ({"occasion": "booked", "audience": "extra", "addresses": ["nobody"]}, "addresses"),
        ({"occasion": "booked", "audience": "extra", "channel": "sms", "addresses": [DESK]}, "addresses"),
        (
            {"occasion": "booked", "audience": "extra", "addresses": [f"a{n}@example.com" for n in range(11)]},
            "addresses",
        ),
        ({"occasion": "booked", "addresses": [DESK]}, "addresses"),
        ({"occasion": "booked", "channel": "sms", "subject": "Hi"}, "subject"),
        ({"occasion": "booked", "subject": "{{ contact.shoe_size }}"}, "subject"),
        ({"occasion": "booked", "body": "{{ steps.a.url }}"}, "body"),
        ({"occasion": "booked", "body": "{% for a in b %}{% endfor %}"}, "body"),
        ({"occasion": "booked", "body": "x" * 20_001}, "body"),
        ({"occasion": "booked", "colour": "red"}, "colour"),
    ],
)
def test_notice_that_could_not_be_sent_is_refused(calendar: Calendar, fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(Problem) as problem:
        add(calendar, **fields)
    assert (problem.value.code, list(problem.value.fields)) == ("invalid", [fault])


def test_notice_keeps_its_occasion_and_its_calendar(calendar: Calendar, account: Account) -> None:
    one = add(calendar, "booked", audience="extra", addresses=[DESK])
    with pytest.raises(Problem) as problem:
        change(calendar, one.key, occasion="cancelled")
    assert list(problem.value.fields) == ["occasion"]
    for other in (factories.calendar(account), factories.calendar(factories.account())):
        with pytest.raises(Problem) as problem:
            change(other, one.key, enabled=False)
        assert problem.value.code == "not_found"


def test_change_that_changes_nothing_writes_nothing(calendar: Calendar) -> None:
    change(calendar, "booked.guest.email", enabled=True, body="")
    assert not CalendarNotice.objects.exists()


def test_words_of_a_reminder_that_is_off_are_edited_without_switching_it_on(account: Account) -> None:
    calendar = factories.calendar(account, reminder_hours=None)
    found = change(calendar, STANDARD_REMINDER, body="Bring your card.", offset_minutes=None)
    assert (found.is_on, found.body) == (False, "Bring your card.")
    assert change(calendar, STANDARD_REMINDER, offset_minutes=90).is_on is True


def test_own_words_about_a_request_keep_the_link_that_answers_it_for_the_host_alone(
    mailing: SmtpServer, account: Account
) -> None:
    host = factories.host(account, name="Dr. Klein", email=HOST_AT)
    calendar = factories.calendar(account, host=host, approval=True)
    change(calendar, "pending.host.email", body="{{ contact.name }} asks.")
    add(calendar, "pending", audience="extra", addresses=[DESK])
    guest = clean_guest(calendar.compiled, {"name": "Ana Lima", "email": GUEST_AT})
    start = int(FRIDAY.timestamp()) // 60
    done = make_booking(plan=calendar.compiled, start=start, guest=guest, source="api", actor=GUEST, now=NOW)
    found = mails(mailing)
    assert answer_url(done.id) in found[HOST_AT].text()
    assert found[HOST_AT].text().startswith("Ana Lima asks.")
    assert answer_url(done.id) not in found[DESK].text()
    assert answer_url(done.id) not in found[GUEST_AT].text()


@pytest.mark.parametrize("guest", [{"name": "Win at evil.com/x"}, {"note": "Buy at https://evil.example"}])
def test_strangers_words_cannot_make_an_advertisement_of_own_words(
    mailing: SmtpServer, calendar: Calendar, guest: dict[str, str]
) -> None:
    change(calendar, "booked.guest.email", body="Dear {{ contact.name }}: {{ appointment.note }}")
    book(calendar, **guest)
    mail = mails(mailing)[GUEST_AT]
    assert "Your appointment is booked" in mail.text()
    assert "evil" not in mail.text() + mail.html()

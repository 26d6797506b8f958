"""One reminder before the appointment: re-anchored when it moves, never late, never twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import factories
from tests.notifications.conftest import mails
from tests.notifications.test_booked import FRIDAY, book, move
from tests.smtp import SmtpServer

from admitone.accounts.models import Account
from admitone.booking.services import cancel
from admitone.calendars.models import Calendar
from admitone.calendars.services import update_calendar
from admitone.events.actor import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.messaging.models import Message
from admitone.notifications.tasks import remind

NOW = factories.NOW
DAY = timedelta(hours=24)


def reminders(now: datetime) -> list[str]:
    """Run what is due; the subjects of every reminder so far."""
    run_pending(now=now)
    return list(Message.objects.filter(kind="reminder").order_by("id").values_list("subject", flat=True))


AT_TWO = "Reminder: appointment with Dr. Klein, Fri, 6 Nov 2026, 14:00"
AT_THREE = "Reminder: appointment with Dr. Klein, Fri, 6 Nov 2026, 15:00"


def test_reminder_is_sent_once_24_hours_before(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    mails(mailing)
    assert reminders(FRIDAY - DAY - timedelta(minutes=1)) == []
    assert reminders(FRIDAY - DAY) == [AT_TWO]
    assert reminders(FRIDAY - timedelta(minutes=1)) == [AT_TWO]
    remind(booking_id=str(booking.id), start_min=booking.start_min, now=FRIDAY - timedelta(hours=1))
    assert reminders(FRIDAY) == [AT_TWO]
    assert mailing.messages[-1].recipients == ("ana@example.com",)
    assert "Reschedule or cancel:" in mailing.messages[-1].text()


def test_reminder_follows_the_appointment_to_its_new_time(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    mails(mailing)
    move(booking, FRIDAY + timedelta(hours=1))
    assert reminders(FRIDAY - DAY) == []
    assert reminders(FRIDAY - DAY + timedelta(hours=1)) == [AT_THREE]
    assert reminders(FRIDAY + DAY) == [AT_THREE]


def test_reminder_of_an_appointment_moved_away_and_back_is_sent_once(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    mails(mailing)
    move(booking, FRIDAY + timedelta(hours=1))
    mails(mailing)
    move(booking, FRIDAY)
    mails(mailing)
    assert reminders(FRIDAY - DAY) == [AT_TWO]
    assert reminders(FRIDAY) == [AT_TWO]


def test_booking_made_within_the_last_24_hours_gets_no_reminder(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar, NOW + timedelta(hours=6))
    assert reminders(NOW + timedelta(hours=7)) == []


def test_cancelled_appointment_gets_no_reminder(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    mails(mailing)
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=GUEST, now=NOW, by="guest")
    assert reminders(FRIDAY - DAY) == []


def test_reminder_after_the_start_because_no_worker_ran_is_not_sent(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar)
    mails(mailing)
    assert reminders(FRIDAY) == []


def test_reminder_delayed_but_before_the_start_is_sent(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar)
    mails(mailing)
    assert reminders(FRIDAY - timedelta(hours=2)) == [AT_TWO]


def test_calendar_without_reminder_sends_none(mailing: SmtpServer, account: Account) -> None:
    book(factories.calendar(account, reminder_hours=None))
    assert reminders(FRIDAY) == []


def test_appointment_moved_so_early_that_the_moment_has_passed_gets_no_reminder(
    mailing: SmtpServer, calendar: Calendar
) -> None:
    booking = book(calendar)
    move(booking, NOW + timedelta(hours=5))
    assert reminders(NOW) == reminders(FRIDAY) == []


def test_reminder_follows_two_moves(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    move(booking, FRIDAY - DAY)
    mails(mailing)
    move(booking, FRIDAY + timedelta(hours=1))
    assert reminders(NOW) == []
    assert reminders(FRIDAY) == [AT_THREE]


@pytest.mark.parametrize("hours", [2, 48])
def test_reminder_follows_the_calendars_hours(mailing: SmtpServer, calendar: Calendar, hours: int) -> None:
    book(calendar)
    mails(mailing)
    changed(calendar, hours)
    due = FRIDAY - timedelta(hours=hours)
    assert reminders(due - timedelta(minutes=1)) == []
    assert reminders(due) == reminders(FRIDAY) == [AT_TWO]


def test_reminder_switched_off_is_not_sent_and_on_again_is_sent_once(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar)
    mails(mailing)
    changed(calendar, None)
    assert reminders(FRIDAY - DAY) == []
    changed(calendar, 3)
    assert reminders(FRIDAY - DAY) == []
    assert reminders(FRIDAY - timedelta(hours=3)) == reminders(FRIDAY) == [AT_TWO]


def changed(calendar: Calendar, hours: int | None) -> None:
    ids = {"account": calendar.account, "calendar_id": calendar.id}
    update_calendar(**ids, actor=SYSTEM, now=NOW, reminder_hours=hours)

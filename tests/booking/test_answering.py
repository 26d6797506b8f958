"""Requests: they hold their time, one answer counts, and without one they are declined by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking, Occupancy, Seat
from admitone.booking.queries import open_times
from admitone.booking.services import (
    book,
    cancel,
    complete,
    confirm,
    decline,
    decline_unanswered,
    mark_no_show,
    reschedule,
)
from admitone.booking.tasks import decline_late
from admitone.calendars.models import Calendar
from admitone.calendars.queries import plan_by_id
from admitone.calendars.services import delete_calendar, set_active, update_calendar
from admitone.events import GUEST, SYSTEM, Event
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW
TOMORROW = NOW + timedelta(days=1)
AT = to_min_floor(TOMORROW)


@pytest.fixture
def account(db: None) -> Account:
    return factories.account()


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, approval=True, approval_hours=6)


def request(calendar: Calendar, at: datetime = TOMORROW, now: datetime = NOW) -> Booking:
    plan = plan_by_id(calendar.id)
    assert plan
    guest = clean_guest(plan, {"name": "Ada", "email": "ada@example.com"})
    made = book(plan=plan, start=to_min_floor(at), guest=guest, source="api", actor=GUEST, now=now)
    return Booking.objects.get(id=made.id)


def ids(booking: Booking, now: datetime = NOW) -> dict:
    return {"account_id": booking.account_id, "booking_id": booking.id, "actor": SYSTEM, "now": now}


def told(booking: Booking) -> list[tuple[str, str]]:
    rows = Event.objects.filter(subject_id=booking.id).order_by("subject_seq")
    return [(event.kind.removeprefix("booking."), event.facts["status"]) for event in rows]


def code_of(call, *args, **named) -> str:
    with pytest.raises(Problem) as caught:
        call(*args, **named)
    return caught.value.code


def is_open(calendar: Calendar, at: datetime = TOMORROW) -> bool:
    plan, start = plan_by_id(calendar.id), to_min_floor(at)
    assert plan
    return bool(open_times(plan, now=NOW, first=start, end=start + 1))


def test_request_holds_its_time_and_says_until_when_it_is_answered(calendar):
    booking = request(calendar)
    assert (booking.status, booking.answer_by) == ("pending", NOW + timedelta(hours=6))
    assert not is_open(calendar)
    assert told(booking) == [("created", "pending")]


def test_request_is_answered_at_the_latest_by_its_start(calendar):
    soon = NOW + timedelta(hours=2)
    assert request(calendar, soon).answer_by == soon


def test_approved_request_stands_with_a_new_sequence_and_is_told_once(calendar):
    booking = request(calendar)
    confirm(**ids(booking))
    confirm(**ids(booking))
    booking.refresh_from_db()
    assert (booking.status, booking.answer_by, booking.sequence) == ("confirmed", None, 1)
    assert told(booking) == [("created", "pending"), ("confirmed", "confirmed")]


def test_declined_request_frees_its_time_and_keeps_the_reason(calendar):
    booking = request(calendar)
    decline(**ids(booking), reason=" Full week. ")
    decline(**ids(booking), reason="Again")
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by, booking.cancel_reason) == ("declined", "host", "Full week.")
    assert (booking.cancelled_at, booking.answer_by, booking.sequence) == (NOW, None, 1)
    assert (Seat.objects.count(), Occupancy.objects.count(), is_open(calendar)) == (0, 0, True)
    event = Event.objects.get(kind="booking.declined")
    assert (event.facts["by"], event.facts["why"], event.facts["status"]) == ("host", "answer", "declined")


def test_second_answer_of_another_kind_is_refused(calendar):
    approved, declined = request(calendar), request(calendar, TOMORROW + timedelta(hours=1))
    confirm(**ids(approved))
    decline(**ids(declined))
    assert code_of(decline, **ids(approved)) == "booking_not_active"
    assert code_of(confirm, **ids(declined)) == "booking_not_active"
    assert code_of(cancel, **ids(declined), by="guest") == "booking_not_active"
    assert code_of(reschedule, **ids(declined), start=AT + 120, by="host") == "booking_not_active"
    assert code_of(mark_no_show, **ids(declined, TOMORROW + timedelta(hours=2))) == "booking_not_active"


def test_reason_that_is_too_long_is_refused_at_its_field(calendar):
    booking = request(calendar)
    with pytest.raises(Problem) as caught:
        decline(**ids(booking), reason="x" * 1001)
    assert list(caught.value.fields) == ["reason"]
    booking.refresh_from_db()
    assert booking.status == "pending"


def test_request_without_an_answer_is_declined_by_itself_once(calendar):
    booking, later = request(calendar), request(calendar, TOMORROW + timedelta(hours=1), NOW + timedelta(hours=1))
    due = NOW + timedelta(hours=6)
    assert decline_unanswered(now=due - timedelta(seconds=1)) == 0
    decline_late(now=due)
    assert decline_unanswered(now=due) == 0
    booking.refresh_from_db()
    later.refresh_from_db()
    assert (booking.status, booking.cancelled_by, later.status) == ("declined", "system", "pending")
    event = Event.objects.get(kind="booking.declined")
    assert (event.facts["by"], event.facts["why"], event.actor_kind) == ("system", "no_answer", "system")


def test_late_answers_are_declined_in_batches(calendar):
    for hours in range(3):
        request(calendar, TOMORROW + timedelta(hours=hours))
    assert decline_unanswered(now=TOMORROW, limit=2) == 2
    assert decline_unanswered(now=TOMORROW, limit=2) == 1


def test_late_approval_counts_until_the_start_unless_it_was_declined(calendar):
    booking, begun = request(calendar), request(calendar, TOMORROW + timedelta(hours=1))
    confirm(**ids(booking, TOMORROW - timedelta(minutes=1)))
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert code_of(confirm, **ids(begun, TOMORROW + timedelta(hours=1))) == "booking_not_active"


def test_request_of_a_paused_or_deleted_calendar_can_be_answered(account, calendar):
    paused, deleted = request(calendar), request(calendar, TOMORROW + timedelta(hours=1))
    set_active(account=account, calendar_id=calendar.id, active=False, actor=SYSTEM, now=NOW)
    assert confirm(**ids(paused)).status == "confirmed"
    delete_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW)
    assert decline(**ids(deleted)).status == "declined"


def test_request_can_be_withdrawn_whatever_the_calendar_says_of_cancelling(account, calendar):
    update_calendar(
        account=account,
        calendar_id=calendar.id,
        actor=SYSTEM,
        now=NOW,
        guest_can_cancel=False,
        change_cutoff=48 * 60,
    )
    booking = request(calendar)
    cancel(**ids(booking), by="guest")
    booking.refresh_from_db()
    assert (booking.status, booking.answer_by, is_open(calendar)) == ("cancelled", None, True)
    assert Event.objects.get(kind="booking.cancelled").facts["was"] == "pending"


def test_guest_who_moves_a_request_asks_anew(calendar):
    booking = request(calendar)
    later = NOW + timedelta(hours=1)
    reschedule(**ids(booking, later), start=AT + 60, by="guest")
    booking.refresh_from_db()
    assert (booking.status, booking.answer_by) == ("pending", later + timedelta(hours=6))
    assert told(booking) == [("created", "pending"), ("rescheduled", "pending")]


def test_host_who_moves_a_request_approves_it(calendar):
    booking = request(calendar)
    reschedule(**ids(booking), start=AT + 60, by="host")
    booking.refresh_from_db()
    assert (booking.status, booking.answer_by) == ("confirmed", None)
    assert told(booking) == [("created", "pending"), ("rescheduled", "confirmed"), ("confirmed", "confirmed")]
    moved, confirmed = Event.objects.filter(subject_id=booking.id).order_by("subject_seq")[1:]
    assert (moved.facts["was"], confirmed.facts["moved"]) == ("pending", True)


def test_guest_who_moves_an_approved_appointment_needs_a_new_approval(calendar):
    booking = request(calendar)
    confirm(**ids(booking))
    reschedule(**ids(booking), start=AT + 60, by="guest")
    booking.refresh_from_db()
    assert (booking.status, booking.answer_by) == ("pending", NOW + timedelta(hours=6))
    confirm(**ids(booking))
    events = Event.objects.filter(kind="booking.confirmed").order_by("subject_seq")
    assert [event.facts.get("again") for event in events] == [None, True]


def test_appointment_by_hand_needs_no_approval(calendar):
    assert factories.booking(calendar).status == "confirmed"


def test_request_is_never_completed(calendar):
    booking = request(calendar)
    assert complete(now=TOMORROW + timedelta(days=1)) == 0
    decline_unanswered(now=TOMORROW + timedelta(days=1))
    assert complete(now=TOMORROW + timedelta(days=1)) == 0
    booking.refresh_from_db()
    assert booking.status == "declined"

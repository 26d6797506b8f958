"""Appointments that are over become completed, once, unless nobody came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories

from admitone.booking.models import Booking
from admitone.booking.services import cancel, complete, confirm, mark_no_show
from admitone.booking.tasks import complete_past
from admitone.events import GUEST, SYSTEM, Event
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO = {"actor": SYSTEM}
OVER = NOW + timedelta(days=1, minutes=45)  # a quarter of an hour after the end


@pytest.fixture
def calendar():
    return factories.calendar(factories.account())


def completed() -> list:
    return list(Event.objects.filter(kind="booking.completed").values_list("subject_id", flat=True))


def state(booking: Booking) -> tuple:
    booking.refresh_from_db()
    return booking.status, booking.completed_at


def test_booking_is_completed_a_quarter_of_an_hour_after_its_end_and_once(calendar):
    booking = factories.booking(calendar)
    assert complete(now=OVER - timedelta(minutes=1)) == 0
    assert complete(now=OVER) == 1
    assert complete(now=OVER) == 0
    assert state(booking) == ("completed", OVER)
    event = Event.objects.get(kind="booking.completed")
    assert (event.subject_id, event.facts["status"], event.facts["contact"]) == (
        booking.id,
        "completed",
        str(booking.contact_id),
    )


def test_cancelled_and_missed_ones_are_left_alone(calendar):
    missed, off = factories.booking(calendar), factories.booking(calendar, NOW + timedelta(days=1, hours=1))
    cancel(account_id=off.account_id, booking_id=off.id, actor=GUEST, now=NOW, by="guest")
    mark_no_show(account_id=missed.account_id, booking_id=missed.id, now=NOW + timedelta(days=1), **DO)
    assert complete(now=OVER + timedelta(days=1)) == 0
    assert (state(missed)[0], state(off)[0]) == ("no_show", "cancelled")


def test_what_ended_long_ago_is_completed_without_an_event(calendar):
    booking = factories.booking(calendar)
    assert complete(now=OVER + timedelta(days=7)) == 1
    assert (state(booking)[0], completed()) == ("completed", [])


def test_backlog_is_done_in_batches(calendar):
    rows = [factories.booking(calendar, NOW + timedelta(days=1, hours=n)) for n in range(3)]
    assert complete(now=OVER + timedelta(days=1), limit=2) == 2
    complete_past(now=OVER + timedelta(days=1))
    assert {state(row)[0] for row in rows} == {"completed"}
    assert len(completed()) == 3


def test_completed_booking_can_still_be_a_no_show_and_back_without_a_second_event(calendar):
    booking = factories.booking(calendar)
    complete(now=OVER)
    ids = {"account_id": booking.account_id, "booking_id": booking.id, "now": OVER}
    mark_no_show(**ids, **DO)
    assert state(booking)[0] == "no_show"
    mark_no_show(**ids, **DO, undo=True)
    complete(now=OVER)
    assert (state(booking)[0], completed()) == ("completed", [booking.id])


def test_pending_booking_is_confirmed_once(calendar):
    booking = factories.booking(calendar)
    Booking.objects.update(status="pending")
    ids = {"account_id": booking.account_id, "booking_id": booking.id, "now": NOW}
    confirm(**ids, **DO)
    confirm(**ids, **DO)
    assert state(booking)[0] == "confirmed"
    assert Event.objects.filter(kind="booking.confirmed").count() == 1


def test_cancelled_booking_cannot_be_confirmed(calendar):
    booking = factories.booking(calendar)
    ids = {"account_id": booking.account_id, "booking_id": booking.id, "now": NOW}
    cancel(**ids, actor=GUEST, by="guest")
    with pytest.raises(Problem) as caught:
        confirm(**ids, **DO)
    assert caught.value.code == "booking_not_active"

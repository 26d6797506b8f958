"""Answers to one request at the same moment, in threads on a real database: exactly one of them counts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from tests import factories
from tests.faults.test_races import TEN, together

from admitone.booking.models import Booking, Occupancy, Seat
from admitone.booking.services import book, cancel, confirm, decline, decline_unanswered, reschedule
from admitone.calendars.queries import plan_by_id
from admitone.events import GUEST, SYSTEM, Event
from admitone.logic.bookings import clean_guest

NOW = factories.NOW
DUE = NOW + timedelta(hours=2)
ANSWERS = ("booking.confirmed", "booking.declined", "booking.cancelled")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def requests(count: int) -> list[Booking]:
    calendar = factories.calendar(factories.account(), approval=True, approval_hours=1)
    plan = plan_by_id(calendar.id)
    assert plan
    for n in range(count):
        guest = clean_guest(plan, {"name": "Ada", "email": f"ada{n}@example.com"})
        book(plan=plan, start=TEN + 30 * n, guest=guest, source="api", actor=GUEST, now=NOW)
    return list(Booking.objects.order_by("start_min"))


def of(booking: Booking) -> dict[str, Any]:
    return {"account_id": booking.account_id, "booking_id": booking.id, "now": DUE}


@pytest.mark.parametrize("round_", range(6))
def test_one_of_four_answers_counts(round_: int) -> None:
    booking = requests(1)[0]
    results = together(
        partial(confirm, **of(booking), actor=SYSTEM),
        partial(decline, **of(booking), actor=SYSTEM),
        partial(cancel, **of(booking), actor=GUEST, by="guest"),
        partial(decline_unanswered, now=DUE),
    )
    booking.refresh_from_db()
    told = list(Event.objects.filter(kind__in=ANSWERS).values_list("kind", flat=True))
    standing = booking.status == "confirmed"
    # An approved appointment may be cancelled by its guest right after; nothing else follows an answer.
    allowed = {
        "confirmed": [["booking.confirmed"]],
        "declined": [["booking.declined"]],
        "cancelled": [["booking.cancelled"], ["booking.confirmed", "booking.cancelled"]],
    }
    assert sorted(told, key=ANSWERS.index) in allowed[booking.status]
    assert (Seat.objects.count(), Occupancy.objects.count()) == (int(standing), int(standing))
    assert not [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, (Booking, int)) or one == "booking_not_active" for one in results)


def test_two_jobs_decline_each_request_once() -> None:
    made = requests(6)
    results = together(*[partial(decline_unanswered, now=DUE) for _ in range(3)])
    assert sum(results) == len(made)
    assert Event.objects.filter(kind="booking.declined").count() == len(made)
    assert Seat.objects.count() == 0


@pytest.mark.parametrize("round_", range(4))
def test_move_and_decline_leave_no_time_taken_for_nobody(round_: int) -> None:
    booking = requests(1)[0]
    results = together(
        partial(reschedule, **of(booking), start=TEN + 120, actor=GUEST, by="guest"),
        partial(decline, **of(booking), actor=SYSTEM),
    )
    booking.refresh_from_db()
    assert booking.status == "declined"
    assert Seat.objects.count() == 0
    assert all(isinstance(one, Booking) or one == "booking_not_active" for one in results)


@pytest.mark.parametrize("round_", range(4))
def test_series_answered_from_two_ends_is_answered_as_one(round_: int) -> None:
    first, *rest = requests(4)
    Booking.objects.update(series_id=first.id)
    last = rest[-1]
    together(partial(confirm, **of(first), actor=SYSTEM), partial(decline, **of(last), actor=SYSTEM))
    assert len(set(Booking.objects.values_list("status", flat=True))) == 1

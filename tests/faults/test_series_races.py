"""Series that overlap each other and single appointments, all at once: each is booked whole or not at all."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from tests import factories
from tests.faults.test_team_races import empty, overlaps, seatless, team, together

from admitone.booking.models import Booking
from admitone.booking.services import book
from admitone.calendars.models import Calendar
from admitone.calendars.services import update_calendar
from admitone.events import GUEST, SYSTEM
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.series import Repeat

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
WEEK = 7 * 1440

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def take(calendar: Calendar, start: int, n: int, count: int = 0) -> None:
    plan = calendar.compiled
    guest = clean_guest(plan, {"name": f"Guest {n}", "email": f"guest{n}@example.com"})
    repeat = Repeat("week", count) if count else None
    book(plan=plan, start=start, guest=guest, source="api", actor=GUEST, now=NOW, repeat=repeat)


def whole() -> bool:
    """Every series has all of its dates."""
    sizes = Counter(Booking.objects.exclude(series_id=None).values_list("series_id", flat=True))
    return set(sizes.values()) <= {5}


def test_of_two_series_that_overlap_one_is_whole_and_the_other_leaves_nothing():
    for turn in range(4):
        calendar = factories.calendar(factories.account(), series_max=10)
        start = TEN + 30 * turn
        seen = together(
            lambda c=calendar, s=start: take(c, s, 1, 5), lambda c=calendar, s=start: take(c, s + WEEK, 2, 5)
        )
        assert sorted(seen) == ["done", "series_conflict"]
        assert Booking.objects.filter(calendar=calendar).count() == 5
    assert (overlaps(), whole(), seatless(), empty()) == (0, True, 0, 0)


def test_series_in_a_storm_of_single_appointments_are_whole_or_not_there():
    calendar = factories.calendar(factories.account(), series_max=10)
    singles = [lambda n=n: take(calendar, TEN + WEEK * (n % 5), n) for n in range(6)]
    series = [lambda n=n: take(calendar, TEN, 10 + n, 5) for n in range(3)]
    elsewhere = [lambda n=n: take(calendar, TEN + 30 + 30 * n, 20 + n, 5) for n in range(2)]
    seen = together(*singles, *series, *elsewhere)
    assert set(seen) <= {"done", "slot_taken", "series_conflict"}
    assert seen[-2:] == ["done", "done"]
    assert (overlaps(), whole(), seatless(), empty()) == (0, True, 0, 0)


def test_series_of_a_team_share_its_hosts_without_meeting_anybody_twice():
    account = factories.account()
    calendar = team(account, "round_robin", "ABC")
    update_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, series_max=10)
    calendar.refresh_from_db()
    seen = together(*[lambda n=n: take(calendar, TEN, n, 5) for n in range(5)])
    assert Counter(seen) == {"done": 3, "series_conflict": 2}
    hosts = Counter(Booking.objects.values_list("series_id", "host_id").distinct())
    assert (len(hosts), overlaps(), whole()) == (3, 0, True)

"""What the page offers is what can be booked, to the minute, with buffers, packed grids, busy sources and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.booking.queries import by_manage_token, day_counts, local_day, open_slots
from admitone.booking.services import book, reschedule
from admitone.calendars.models import BusyBlock, BusySource, Calendar
from admitone.calendars.queries import plan_by_id
from admitone.calendars.services import delete_calendar, set_hosts
from admitone.events import GUEST, SYSTEM
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan

NOW = factories.NOW
ALWAYS = {day: [(0, 1440)] for day in range(7)}
GUEST_OF = {"name": "Ada", "email": "ada@example.com"}

pytestmark = pytest.mark.django_db


def at(*parts: int) -> int:
    return to_min_floor(datetime(*parts, tzinfo=UTC))  # type: ignore[misc]


def plan_of(calendar: Calendar) -> CalendarPlan:
    plan = plan_by_id(calendar.id)
    assert plan
    return plan


def take(calendar: Calendar, start: int, now: datetime = NOW) -> str:
    plan = plan_of(calendar)
    try:
        book(plan=plan, start=start, guest=clean_guest(plan, GUEST_OF), source="scheduling_link", actor=GUEST, now=now)
    except Problem as problem:
        return problem.code
    return "booked"


def offered(calendar: Calendar, first: int, end: int, now: datetime = NOW) -> list[int]:
    return open_slots(plan_of(calendar), now=now, first=first, end=end)


def source(calendar: Calendar, **fields: Any) -> BusySource:
    host = calendar.calendar_hosts.get().host
    values = {"kind": "ics", "config_sealed": "x", "fetched_at": NOW, "created_at": NOW, **fields}
    return BusySource.objects.create(account=calendar.account, host=host, **values)


def test_summed_buffers_of_twelve_hours_each_keep_a_day_between_appointments():
    rules = {"buffer_before": 720, "buffer_after": 720, "buffer_rule": "sum", "hours": ALWAYS, "timezone": "UTC"}
    calendar = factories.calendar(factories.account(), **rules)
    assert take(calendar, at(2026, 11, 10, 12)) == "booked"
    assert take(calendar, at(2026, 11, 11, 12)) == "slot_taken"
    assert take(calendar, at(2026, 11, 9, 12)) == "slot_taken"
    assert take(calendar, at(2026, 11, 11, 12, 30)) == "booked"


@pytest.mark.parametrize("hours", [{1: [(0, 1440)]}, ALWAYS], ids=["one day", "always"])
def test_every_time_a_packed_calendar_offers_can_be_booked_and_no_other(hours):
    calendar = factories.calendar(factories.account(), hours=hours, timezone="UTC", alignment="packed")
    BusyBlock.objects.create(
        source=source(calendar), host=calendar.calendar_hosts.get().host,
        start_min=at(2026, 11, 3, 1), end_min=at(2026, 11, 3, 2, 10),
    )  # fmt: skip
    shown = offered(calendar, at(2026, 11, 3), at(2026, 11, 4))
    assert at(2026, 11, 3, 20, 10) in shown
    assert offered(calendar, at(2026, 11, 3, 20), at(2026, 11, 4)) == [
        one for one in shown if one >= at(2026, 11, 3, 20)
    ]
    assert take(calendar, at(2026, 11, 3, 20)) == "slot_unavailable"
    assert take(calendar, at(2026, 11, 3, 20, 10)) == "booked"


def test_days_that_a_busy_source_was_not_read_for_are_not_offered():
    calendar = factories.calendar(factories.account(), range_kind="unlimited", timezone="UTC")
    far = NOW + timedelta(days=420)
    days = to_min_ceil(far), to_min_ceil(far + timedelta(days=7))
    assert offered(calendar, *days) != []
    inside = offered(calendar, *days)[0]
    source(calendar)
    assert offered(calendar, *days) == []
    assert take(calendar, inside) == "slot_taken"
    assert offered(calendar, to_min_ceil(NOW), to_min_ceil(NOW + timedelta(days=7))) != []


@pytest.mark.parametrize(
    ("fields", "page", "booking"),
    [
        ({}, True, "booked"),
        ({"fetched_at": None}, False, "slot_taken"),
        ({"fetched_at": NOW - timedelta(minutes=6), "tried_at": NOW, "error": "x"}, False, "slot_taken"),
        ({"fetched_at": NOW - timedelta(minutes=4), "tried_at": NOW, "error": "x"}, True, "booked"),
        ({"fetched_at": NOW + timedelta(minutes=4)}, True, "booked"),
    ],
    ids=["fresh", "never read", "old and failing", "young and failing", "another clock"],
)
@pytest.mark.parametrize("policy", ["block", "allow"])
def test_source_that_cannot_be_read_blocks_unless_the_calendar_allows(fields, page, booking, policy):
    calendar = factories.calendar(factories.account(), busy_policy=policy, timezone="UTC")
    source(calendar, **fields)
    start = at(2026, 11, 3, 10)
    allowed = policy == "allow"
    assert (start in offered(calendar, start, start + 1)) == (page or allowed)
    assert take(calendar, start) == ("booked" if allowed else booking)


def test_source_of_a_host_in_one_sub_account_blocks_the_other_until_it_is_removed():
    agency = factories.agency()
    one, other = factories.account(agency=agency), factories.account(agency=agency)
    host = factories.host(one)
    mine, theirs = factories.calendar(one, host=host), factories.calendar(other, host=host)
    blocked = source(mine, fetched_at=None)
    start = at(2026, 11, 3, 10)
    assert offered(theirs, start, start + 1) == []
    blocked.delete()
    assert offered(theirs, start, start + 1) == [start]


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Berlin", date(2026, 10, 25)), ("America/New_York", date(2026, 11, 1))]
)
def test_day_limit_counts_a_day_of_twenty_five_hours_once(zone, day):
    calendar = factories.calendar(factories.account(), hours=ALWAYS, timezone=zone, per_day_limit=2)
    plan, now = plan_of(calendar), datetime(2026, 10, 20, tzinfo=UTC)
    whole = [s for s in range(at(2026, 10, 24), at(2026, 11, 3), 30) if local_day(plan, s) == day]
    assert len(whole) == 50
    assert [take(calendar, start, now) for start in (whole[0], whole[-1])] == ["booked", "booked"]
    assert day_counts(plan.calendar_id, day, day) == {day: 2}
    assert [take(calendar, start, now) for start in whole[4:8]] == ["slot_taken"] * 4
    assert take(calendar, whole[-1] + 30, now) == take(calendar, whole[0] - 30, now) == "booked"
    assert not set(whole) & set(offered(calendar, whole[0] - 1440, whole[-1] + 1440, now))


def test_repeated_hour_is_two_instants_and_a_skipped_one_none():
    calendar = factories.calendar(factories.account(), hours={6: [(120, 180)]}, timezone="Europe/Berlin")
    autumn = at(2026, 10, 25), at(2026, 10, 26)
    now = datetime(2026, 10, 20, tzinfo=UTC)
    slots = offered(calendar, *autumn, now)
    assert slots == [at(2026, 10, 25, 0), at(2026, 10, 25, 0, 30), at(2026, 10, 25, 1), at(2026, 10, 25, 1, 30)]
    assert [take(calendar, start, now) for start in slots] == ["booked"] * 4
    spring = datetime(2027, 3, 20, tzinfo=UTC)
    assert offered(calendar, at(2027, 3, 28), at(2027, 3, 29), spring) == []


def move(booking: Booking, start: int, by: str = "guest") -> Booking:
    return reschedule(account_id=booking.account_id, booking_id=booking.id, start=start, actor=SYSTEM, now=NOW, by=by)


def test_reschedule_onto_itself_changes_nothing():
    booking = factories.booking(factories.calendar(factories.account()))
    moved = move(booking, booking.start_min)
    assert (moved.sequence, moved.start_min) == (booking.sequence, booking.start_min)


def test_reschedule_after_a_change_of_hosts_moves_to_the_new_one():
    account = factories.account()
    calendar = factories.calendar(account)
    booking, other = factories.booking(calendar), factories.host(account)
    set_hosts(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, hosts=[other.id])
    moved = move(booking, booking.start_min + 60)
    assert moved.host_id == other.id
    assert [row.host_id for row in other.occupancy.all()] == [other.id]


def test_booking_of_a_deleted_calendar_stands_but_cannot_be_moved():
    calendar = factories.calendar(factories.account())
    booking = factories.booking(calendar)
    delete_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW)
    managed = by_manage_token(keyring().sign("b1", booking.id))
    assert managed and not managed.plan.active
    for by, code in (("guest", "calendar_paused"), ("host", "calendar_deleted")):
        with pytest.raises(Problem) as caught:
            move(booking, booking.start_min + 60, by)
        assert caught.value.code == code

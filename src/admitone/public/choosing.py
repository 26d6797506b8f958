"""Which days and slots a page shows: at most three looks at the calendar, each one statement, and one more at the seats of
a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from admitone.booking.queries import open_slots, openings
from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import nearest
from admitone.public import dates, picker
from admitone.public.picker import Picker, Reader

AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Search:
    """A calendar asked by one guest; `offered` narrows it, a booking being moved does not stand in its own way."""

    plan: CalendarPlan
    now: datetime
    offered: Sequence[Sequence[int]] | None = None
    exclude_booking: UUID | None = None
    party: int = 1
    link: UUID | None = None  # seats that are kept for its holder are free

    def slots(self, first: int, end: int) -> list[int]:
        low = max(first, to_min_ceil(self.now))
        if low >= end:
            return []
        return open_slots(
            self.plan, now=self.now, first=low, end=end, offered=self.offered,
            exclude_booking=self.exclude_booking, party=self.party, link=self.link,
        )  # fmt: skip

    def seats(self, starts: Sequence[int]) -> dict[int, int]:
        """The free seats at some starts, where seats are counted."""
        if not starts or not self.plan.type.seated or not self.plan.capacity:
            return {}
        first, end = min(starts), max(starts) + 1
        asked = openings(
            self.plan, now=self.now, first=first, end=end, offered=self.offered,
            exclude_booking=self.exclude_booking, party=self.party, link=self.link,
        )  # fmt: skip
        return asked.seats()

    def nearest(self, wanted: int) -> list[int]:
        """The three open starts closest to one that was lost."""
        if self.offered is not None:
            return nearest(self.slots(*_reach(self.offered)), wanted)
        week = 7 * 24 * 60
        return nearest(self.slots(wanted - week, wanted + 4 * week), wanted)


def horizon(plan: CalendarPlan, now: datetime) -> date:
    """The last date worth leafing to, on the host's wall clock."""
    today = dates.local(to_min_floor(now), plan.schedule.timezone).date()
    rules = plan.rules
    if rules.range_kind == "rolling" and rules.range_days is not None:
        return today + timedelta(days=rules.range_days)
    if rules.range_kind == "fixed" and rules.range_last is not None:
        return min(rules.range_last, today + 3 * AHEAD)
    return today + AHEAD


def choose(
    search: Search, reader: Reader, *, month: date | None = None, day: date | None = None, chosen: int | None = None
) -> Picker:
    """The picker for what was asked; without a wish, the first month and day with an open time."""
    shown = _choose(search, reader, month=month, day=day, chosen=chosen)
    starts = [slot.start for group in shown.groups for slot in group.slots] + ([shown.only.start] if shown.only else [])
    left = search.seats(starts)
    return picker.counted(shown, left) if left else shown


def _choose(search: Search, reader: Reader, *, month: date | None, day: date | None, chosen: int | None) -> Picker:
    if search.offered is not None:
        return _offered(search, reader, month=month, day=day, chosen=chosen)
    last = horizon(search.plan, search.now)
    end = picker.month_bounds(last, reader.zone)[1]
    wanted = _clamp(day or month, reader.today(), last)
    if wanted is None:
        slots, wanted = _first_month(search, reader, end)
        later = None
    else:
        slots = search.slots(*picker.month_bounds(wanted, reader.zone))
        later = None if slots else _next(search, reader, wanted, end)
    return picker.build(slots, reader, month=wanted, day=day, chosen=chosen, horizon=last, next_slot=later)


def _offered(search: Search, reader: Reader, *, month: date | None, day: date | None, chosen: int | None) -> Picker:
    slots = search.slots(*_reach(search.offered or ()))
    if not slots or picker.are_few(slots, reader.zone):
        return picker.build_few(slots, reader, chosen=chosen)
    first, last = (dates.local(slots[at], reader.zone).date() for at in (0, -1))
    wanted = _clamp(day or month, first, last) or first
    low, high = picker.month_bounds(wanted, reader.zone)
    inside = [start for start in slots if low <= start < high]
    after = next((start for start in slots if start >= high), None)
    return picker.build(inside, reader, month=wanted, day=day, chosen=chosen, horizon=last, next_slot=after)


def _first_month(search: Search, reader: Reader, end: int) -> tuple[list[int], date]:
    """This month or the next, else the first one with an open time before `end`."""
    today = reader.today()
    following = picker.month_bounds(today, reader.zone)[1]
    near = min(following + 31 * 24 * 60, end)
    slots = search.slots(to_min_floor(search.now), near)
    if not slots and near < end:
        slots = search.slots(near, end)
    if not slots:
        return [], today
    month = dates.local(slots[0], reader.zone).date()
    low, high = picker.month_bounds(month, reader.zone)
    # Half a month was read where the horizon cut it short; the part shown must be whole.
    whole = [start for start in slots if low <= start < high]
    return (whole if high <= near or near == end else search.slots(low, high)), month


def _next(search: Search, reader: Reader, month: date, end: int) -> int | None:
    """The first open start after a month without one."""
    after = picker.month_bounds(month, reader.zone)[1]
    return next(iter(search.slots(after, end)), None)


def _reach(offered: Sequence[Sequence[int]]) -> tuple[int, int]:
    return min(span[0] for span in offered), max(span[1] for span in offered)


def _clamp(wanted: date | None, first: date, last: date) -> date | None:
    if wanted is None:
        return None
    return min(max(wanted, first.replace(day=1)), max(last, first))

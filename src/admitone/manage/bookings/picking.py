"""Choose a time for somebody: a month of open days, the slots of one day, or any free time typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from admitone.booking.models import Booking
from admitone.booking.queries import open_slots
from admitone.logic.clock import from_min, to_min_ceil, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date, parse_time
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import nearest
from admitone.logic.wishes import for_move
from admitone.manage.bookings.reading import midnight
from admitone.manage.calendars.reading import local_minute
from admitone.ui import formats

AHEAD = 366 * 24 * 60
WEEK = 7 * 24 * 60
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Slot:
    """`at` is the start; `offset` is set in an hour that the clocks repeat."""

    start: int
    at: datetime
    offset: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    day: date
    is_open: bool
    is_chosen: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Picker:
    """A month (`previous`, `next`: "YYYY-MM" or "") with one day unfolded into morning, afternoon and evening."""

    zone: str
    month: date
    heads: list[tuple[str, str]]
    weeks: list[list[Cell | None]]
    previous: str
    next: str
    day: date | None
    groups: list[tuple[str, list[Slot]]]
    next_open: date | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A calendar asked at an instant; a booking that is being moved is not in its own way."""

    plan: CalendarPlan
    now: datetime
    exclude_booking: UUID | None = None
    party: int = 1

    @property
    def zone(self) -> str:
        return self.plan.schedule.timezone

    def slots(self, first: int, end: int) -> list[int]:
        low = max(first, to_min_ceil(self.now))
        if low >= end:
            return []
        return open_slots(
            self.plan, now=self.now, first=low, end=end, exclude_booking=self.exclude_booking, party=self.party
        )

    def nearest(self, wanted: int) -> list[Slot]:
        """The three open starts closest to one that could not be had."""
        found = nearest(self.slots(wanted - WEEK, wanted + 4 * WEEK), wanted)
        return [slot_of(start, self.zone) for start in found]


def search_of(booking: Booking, now: datetime) -> Search:
    """Other times for an appointment, as long and for as many as it is."""
    length = booking.end_min - booking.start_min
    plan = for_move(booking.calendar.compiled, length, booking.terms, by="host")
    return Search(plan, now, exclude_booking=booking.id, party=booking.seats)


def choose(search: Search, query: Mapping[str, str]) -> Picker:
    """The picker for ?day= or ?month=; without a wish, the first month and day with an open time."""
    zone = search.zone
    today = search.now.astimezone(ZoneInfo(zone)).date()
    day, month = _day(query.get("day", "")), _day(f"{query.get('month', '')}-01")
    wanted = max(day or month or today, today)
    first, following = wanted.replace(day=1), _following(wanted)
    slots = search.slots(midnight(first, zone), midnight(following, zone))
    later = _later(search, following) if not slots else None
    if later and not (day or month):
        first, following = later.replace(day=1), _following(later)
        slots, later = search.slots(midnight(first, zone), midnight(following, zone)), None
    by_day = _by_day(slots, zone)
    chosen = day if day and day >= today else next(iter(by_day), None)
    if chosen and chosen not in by_day:
        later = next((one for one in by_day if one > chosen), None) or later or _later(search, following)
    return Picker(
        zone=zone,
        month=first,
        heads=formats.weekday_heads(formats.first_weekday()),
        weeks=_weeks(first, set(by_day), chosen, today),
        previous=f"{first - timedelta(days=1):%Y-%m}" if first > today else "",
        next=f"{following:%Y-%m}" if following.year <= today.year + 3 else "",
        day=chosen,
        groups=_parts(by_day.get(chosen, []) if chosen else [], zone),
        next_open=later,
    )


def wish(data: Mapping[str, str], zone: str, now: datetime) -> tuple[int, bool]:
    """The chosen start (epoch minute) and whether it was typed by hand. Raises Problem("invalid")."""
    chosen = data.get("start", "")
    if chosen == OTHER or (not chosen and data.get("other_time", "").strip()):
        return _typed(data, zone, now), True
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 9):
        raise Problem("invalid", fields={"start": _("Choose a time.")})
    return int(chosen), False


def _typed(data: Mapping[str, str], zone: str, now: datetime) -> int:
    errors: dict[str, str] = {}
    day, minute = None, None
    try:
        day = clean_date(data.get("other_date", ""))
    except ValueError as error:
        errors["other_date"] = str(error)
    try:
        minute = parse_time(data.get("other_time", ""))
    except ValueError as error:
        errors["other_time"] = str(error)
    if errors or day is None or minute is None:
        raise Problem("invalid", fields=errors)
    start = local_minute(zone, day, minute)
    if start is None:
        raise Problem("invalid", fields={"other_time": _("That time does not exist: the clocks go forward over it.")})
    if start < to_min_floor(now):
        raise Problem("invalid", fields={"other_date": _("That time has passed.")})
    return start


def slot_of(start: int, zone: str) -> Slot:
    at = from_min(start)
    local = at.astimezone(ZoneInfo(zone))
    is_repeated = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return Slot(start, at, formats.zone_offset(zone, at) if is_repeated else "")


def _day(text: str) -> date | None:
    try:
        return clean_date(text)
    except ValueError:
        return None


def _following(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _later(search: Search, after: date) -> date | None:
    """The first open day from a date on, within a year."""
    low = midnight(after, search.zone)
    found = search.slots(low, low + AHEAD)
    return from_min(found[0]).astimezone(ZoneInfo(search.zone)).date() if found else None


def _by_day(slots: Sequence[int], zone: str) -> dict[date, list[int]]:
    local = ZoneInfo(zone)
    found: dict[date, list[int]] = {}
    for start in slots:
        found.setdefault(from_min(start).astimezone(local).date(), []).append(start)
    return found


def _parts(starts: Sequence[int], zone: str) -> list[tuple[str, list[Slot]]]:
    names = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")}
    parts: dict[str, list[Slot]] = {name: [] for name in names}
    for start in starts:
        hour = from_min(start).astimezone(ZoneInfo(zone)).hour
        parts["morning" if hour < 12 else "afternoon" if hour < 17 else "evening"].append(slot_of(start, zone))
    return [(names[part], slots) for part, slots in parts.items() if slots]


def _weeks(first: date, open_days: set[date], chosen: date | None, today: date) -> list[list[Cell | None]]:
    lead = (first.weekday() - formats.first_weekday()) % 7
    count = (_following(first) - first).days
    days = [first + timedelta(days=step) for step in range(count)]
    cells: list[Cell | None] = [None] * lead
    cells += [Cell(day, day in open_days, day == chosen, day == today) for day in days]
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]

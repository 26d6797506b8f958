"""The picker as plain values: a month of days, the slots of one day in groups. Pure: slots, zone and locale in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale

from admitone.logic.clock import to_min_floor
from admitone.public import dates

#: So few open times on so few days need no month: all of them are shown at once.
FEW_SLOTS, FEW_DAYS = 12, 4
NOON, EVENING = 12, 17


@dataclass(frozen=True, slots=True)
class Zone:
    """`name` is the IANA name, `offset` and `time` are those of now."""

    name: str
    label: str
    offset: str
    time: str


@dataclass(frozen=True, slots=True)
class Slot:
    """`when` names date and time for the summary; `offset` is set in a repeated hour, `host_date` where the host's date differs."""

    start: int
    iso: str
    time: str
    when: str
    offset: str = ""
    host_date: str = ""
    chosen: bool = False
    left: int | None = None  # places, where they are counted


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """`part` is morning, afternoon or evening; or `title` is a date when several days are shown together."""

    slots: tuple[Slot, ...]
    part: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    iso: str
    number: int
    label: str
    is_open: bool
    is_chosen: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks` hold 7 cells each, None outside the month; `previous` and `next` are "YYYY-MM" or empty."""

    iso: str
    title: str
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Day | None, ...], ...]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Picker:
    """`month` is None when all open times are shown at once. `clocks` is forward or back on a day of a clock change."""

    zone: Zone
    groups: tuple[SlotGroup, ...] = ()
    month: Month | None = None
    day: str = ""
    day_title: str = ""
    clocks: str = ""
    next_day: str = ""
    next_title: str = ""
    only: Slot | None = None

    @property
    def count(self) -> int:
        return sum(len(group.slots) for group in self.groups)

    @property
    def chosen(self) -> Slot | None:
        return next((slot for group in self.groups for slot in group.slots if slot.chosen), self.only)

    @property
    def marks_dates(self) -> bool:
        return any(slot.host_date for group in self.groups for slot in group.slots)


def counted(shown: Picker, left: Mapping[int, int]) -> Picker:
    """The picker with the places that are left at each of its starts."""
    groups = tuple(
        replace(group, slots=tuple(replace(slot, left=left.get(slot.start)) for slot in group.slots))
        for group in shown.groups
    )
    only = replace(shown.only, left=left.get(shown.only.start)) if shown.only else None
    return replace(shown, groups=groups, only=only)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their zone and locale, the host's zone, and the instant of the page."""

    zone: str
    locale: Locale
    host_zone: str
    now: datetime
    duration: int

    def today(self) -> date:
        return dates.local(to_min_floor(self.now), self.zone).date()


def zone_now(zone: str, locale: Locale, now: datetime) -> Zone:
    at = dates.local(to_min_floor(now), zone)
    return Zone(zone, dates.zone_label(zone), dates.offset(at), dates.clock(at, locale))


def month_bounds(first: date, zone: str) -> tuple[int, int]:
    """Epoch minutes [start, end) of the calendar month of `first` in a zone."""
    following = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
    return _midnight(first.replace(day=1), zone), _midnight(following, zone)


def build(
    slots: Sequence[int],
    reader: Reader,
    *,
    month: date,
    day: date | None = None,
    chosen: int | None = None,
    horizon: date | None = None,
    next_slot: int | None = None,
) -> Picker:
    """A month with one open day unfolded: `day` if asked for, else the month's first open one.

    `slots` are the open starts of the month; `next_slot` is the first open start after it when it has none;
    `horizon` is the last date worth leafing to.
    """
    by_day = _by_day(slots, reader.zone)
    shown = day or next(iter(by_day), None)
    open_slots = by_day.get(shown, []) if shown else []
    later = next((one for one in by_day if shown and one > shown), None) if not open_slots else None
    following = later or (dates.local(next_slot, reader.zone).date() if next_slot is not None else None)
    return Picker(
        zone=zone_now(reader.zone, reader.locale, reader.now),
        groups=_parts_of_day(open_slots, reader, chosen),
        month=_month(month, set(by_day), shown, reader, horizon),
        day=shown.isoformat() if shown else "",
        day_title=dates.short_date(shown, reader.locale) if shown else "",
        clocks=_clocks(shown, reader.zone) if shown else "",
        next_day=following.isoformat() if following and not open_slots else "",
        next_title=dates.short_date(following, reader.locale) if following and not open_slots else "",
    )


def build_few(slots: Sequence[int], reader: Reader, *, chosen: int | None = None) -> Picker:
    """All of a few open starts at once, grouped by date; a single one becomes `only`, already chosen."""
    zone = zone_now(reader.zone, reader.locale, reader.now)
    if len(slots) == 1:
        return Picker(zone, only=replace(_slot(slots[0], reader, None), chosen=True))
    groups = tuple(
        SlotGroup(tuple(_slot(start, reader, chosen) for start in starts), title=dates.short_date(day, reader.locale))
        for day, starts in _by_day(slots, reader.zone).items()
    )
    return Picker(zone, groups)


def are_few(slots: Sequence[int], zone: str) -> bool:
    return 0 < len(slots) <= FEW_SLOTS and len(_by_day(slots, zone)) <= FEW_DAYS


def labels(starts: Sequence[int], reader: Reader) -> tuple[Slot, ...]:
    """Starts as slots that name their date, for "the nearest open times"."""
    return tuple(_slot(start, reader, None) for start in starts)


def parse_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def parse_month(text: str) -> date | None:
    """The first of a "YYYY-MM"."""
    return parse_day(f"{text}-01")


def _midnight(day: date, zone: str) -> int:
    return to_min_floor(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC))


def _by_day(slots: Sequence[int], zone: str) -> dict[date, list[int]]:
    days = groupby(slots, key=lambda start: dates.local(start, zone).date())
    found: dict[date, list[int]] = {}
    for day, starts in days:
        found.setdefault(day, []).extend(starts)
    return found


def _parts_of_day(starts: Sequence[int], reader: Reader, chosen: int | None) -> tuple[SlotGroup, ...]:
    parts = groupby(starts, key=lambda start: _part(dates.local(start, reader.zone).hour))
    return tuple(SlotGroup(tuple(_slot(one, reader, chosen) for one in group), part=part) for part, group in parts)


def _part(hour: int) -> str:
    if hour < NOON:
        return "morning"
    return "afternoon" if hour < EVENING else "evening"


def _slot(start: int, reader: Reader, chosen: int | None) -> Slot:
    at = dates.local(start, reader.zone)
    host_day = dates.local(start, reader.host_zone).date()
    repeated = dates.offset(at) if dates.is_repeated(at) else ""
    when = dates.moment(start, reader.zone, reader.locale)
    return Slot(
        start=start,
        iso=at.isoformat(timespec="minutes"),
        time=dates.clock(at, reader.locale),
        when=f"{when} ({repeated})" if repeated else when,
        offset=repeated,
        host_date=dates.short_date(host_day, reader.locale) if host_day != at.date() else "",
        chosen=start == chosen,
    )


def _clocks(day: date, zone: str) -> str:
    change = dates.clock_change(day, zone)
    return ("forward" if change > 0 else "back") if change else ""


def _month(first: date, open_days: set[date], chosen: date | None, reader: Reader, horizon: date | None) -> Month:
    first = first.replace(day=1)
    today = reader.today()
    following = (first + timedelta(days=31)).replace(day=1)
    lead = (first.weekday() - reader.locale.first_week_day) % 7
    cells: list[Day | None] = [None] * lead
    for step in range((following - first).days):
        day = first + timedelta(days=step)
        label = dates.long_date(day, reader.locale)
        cells.append(Day(day.isoformat(), day.day, label, day in open_days, day == chosen, day == today))
    cells += [None] * (-len(cells) % 7)
    return Month(
        iso=first.isoformat()[:7],
        title=dates.month_name(first, reader.locale),
        weekdays=tuple(dates.weekdays(reader.locale)),
        weeks=tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7)),
        previous=(first - timedelta(days=1)).isoformat()[:7] if first > today else "",
        next=following.isoformat()[:7] if horizon is None or following <= horizon else "",
    )

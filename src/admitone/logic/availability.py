"""Working hours on a host's wall clock, turned into open spans of epoch minutes.

A minute is open iff its local wall time lies in a window of its local date: minutes that a clock change skips do not
exist, hours that it repeats are open twice, and windows that touch (across midnight too) become one span.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from admitone.logic.clock import EPOCH, from_min
from admitone.logic.spans import Span, normalize

DAY = 1440
_EPOCH_DAY = EPOCH.toordinal()
_MINUTE = timedelta(minutes=1)
# Two clock changes less than this many minutes apart would be missed; the tz database has none since 1970.
_PROBE = 360

Windows = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Weekly hours: `days` (0 = Monday), `start` and `end` in minutes of the local day (1440 = 24:00)."""

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Override:
    """Replaces the weekly hours of one local date; no windows = closed."""

    date: date
    windows: Windows = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Weekly hours and overrides in an IANA `timezone`."""

    timezone: str
    windows: tuple[Window, ...] = ()
    overrides: tuple[Override, ...] = ()


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name; ValueError for anything else."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise ValueError(f"unknown time zone: {name!r}") from error


def local_date(name: str, minute: int) -> date:
    """The wall-clock date of an epoch minute in a zone."""
    return from_min(minute).astimezone(zone(name)).date()


def open_spans(schedule: Schedule, first: date, last: date) -> list[Span]:
    """Open spans (epoch minutes) of the local dates first..last, both included."""
    return list(spans_between(schedule, first.toordinal(), last.toordinal()))


@lru_cache(maxsize=1024)
def spans_between(schedule: Schedule, first: int, last: int) -> tuple[Span, ...]:
    """`open_spans` by date ordinals, remembered; the answer is shared and immutable."""
    week, changed = _week(schedule.windows), _changed(schedule.overrides)
    found: list[Span] = []
    for day in range(first, last + 1):
        # Ordinal 1 is a Monday.
        windows = changed.get(day, week[(day - 1) % 7])
        if windows:
            found.extend(day_spans(schedule.timezone, day, windows))
    return tuple(normalize(found))


@lru_cache(maxsize=65536)
def day_spans(name: str, day: int, windows: Windows = ((0, DAY),)) -> tuple[Span, ...]:
    """Epoch minutes of one local date (ordinal) whose wall time lies in `windows`; by default the whole date.

    Empty for a date that the zone skipped, several spans where a clock change interrupts the date.
    """
    midnight = (day - _EPOCH_DAY) * DAY
    found = []
    for utc_day in (day - 1, day, day + 1):
        for low, high, offset in _offsets(name, utc_day):
            shift = midnight - offset
            found.extend([(max(start + shift, low), min(end + shift, high)) for start, end in windows])
    return tuple(normalize(found))


def has_override(schedule: Schedule, day: date) -> bool:
    """Whether an override replaces the weekly hours of a date."""
    return day.toordinal() in _changed(schedule.overrides)


@lru_cache(maxsize=1024)
def _week(windows: tuple[Window, ...]) -> tuple[Windows, ...]:
    return tuple(tuple(normalize((w.start, w.end) for w in windows if day in w.days)) for day in range(7))


@lru_cache(maxsize=1024)
def _changed(overrides: tuple[Override, ...]) -> dict[int, Windows]:
    days: dict[int, Windows] = {}
    for override in overrides:
        day = override.date.toordinal()
        days[day] = tuple(normalize((*days.get(day, ()), *override.windows)))
    return days


@lru_cache(maxsize=65536)
def _offsets(name: str, utc_day: int) -> tuple[tuple[int, int, int], ...]:
    """(first minute, end, UTC offset in minutes) for each stretch of one UTC day (ordinal) with a constant offset."""
    midnight = (utc_day - _EPOCH_DAY) * DAY
    stretches = []
    low, offset = midnight, _offset(name, midnight)
    for probe in range(midnight + _PROBE, midnight + DAY + 1, _PROBE):
        if _offset(name, probe) == offset:
            continue
        cut = _change(name, probe - _PROBE, probe)
        stretches.append((low, cut, offset))
        low, offset = cut, _offset(name, cut)
    stretches.append((low, midnight + DAY, offset))
    return tuple(stretch for stretch in stretches if stretch[0] < stretch[1])


def _change(name: str, before: int, after: int) -> int:
    """The first minute whose offset differs from that of `before`."""
    offset = _offset(name, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(name, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(name: str, minute: int) -> int:
    # Floor: offsets with seconds (local mean time) then give the minute that the wall clock shows.
    offset = from_min(minute).astimezone(zone(name)).utcoffset()
    assert offset is not None
    return offset // _MINUTE

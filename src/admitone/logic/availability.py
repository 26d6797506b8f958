"""Working hours on a host's wall clock, turned into open spans of epoch minutes.

A minute is open iff its local wall time lies in a window of its local date: minutes that a clock change skips do not
exist, hours that it repeats are open twice, and windows that touch (across midnight too) become one span.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import lcm
from typing import Literal
from zoneinfo import ZoneInfo

from admitone.logic.clock import EPOCH, from_min
from admitone.logic.spans import Span, normalize, subtract

DAY = 1440
_EPOCH_DAY = EPOCH.toordinal()
_MINUTE = timedelta(minutes=1)
# Two clock changes less than this many minutes apart would be missed; the tz database has none since 1970.
_PROBE = 360

Windows = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Weekly hours: `days` (0 = Monday), `start` and `end` in minutes of the local day (1440 = 24:00).

    `every` 2 is every other week: those whose number (of Mondays since 0001-01-01) leaves `phase` when divided by it.
    """

    days: tuple[int, ...]
    start: int
    end: int
    every: int = 1
    phase: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """Other hours on one local date: `replace` the weekly ones (no windows = closed), `add` to them or `subtract`."""

    date: date
    windows: Windows = ()
    mode: Literal["replace", "add", "subtract"] = "replace"


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
    changed = _changed(schedule.overrides)
    found: list[Span] = []
    for day in range(first, last + 1):
        windows = weekly_windows(schedule.windows, day)
        if day in changed:
            windows = _overridden(windows, changed[day])
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
    """Whether an override changes the weekly hours of a date."""
    return day.toordinal() in _changed(schedule.overrides)


def week_number(day: int) -> int:
    """Mondays since 0001-01-01, which was one, of a date's ordinal."""
    return (day - 1) // 7


def weekly_windows(windows: tuple[Window, ...], day: int) -> Windows:
    """The weekly hours of one date (ordinal), overrides left aside."""
    return _week(windows, week_number(day) % _period(windows))[(day - 1) % 7]


def is_working_day(schedule: Schedule, day: int) -> bool:
    """Whether the schedule opens at all on a date (ordinal)."""
    return bool(spans_between(schedule, day, day))


@lru_cache(maxsize=1024)
def _period(windows: tuple[Window, ...]) -> int:
    return lcm(*(window.every for window in windows)) if windows else 1


@lru_cache(maxsize=4096)
def _week(windows: tuple[Window, ...], number: int) -> tuple[Windows, ...]:
    now = [window for window in windows if number % window.every == window.phase]
    return tuple(tuple(normalize((w.start, w.end) for w in now if day in w.days)) for day in range(7))


@lru_cache(maxsize=1024)
def _changed(overrides: tuple[Override, ...]) -> dict[int, list[Override]]:
    days: dict[int, list[Override]] = {}
    for override in overrides:
        days.setdefault(override.date.toordinal(), []).append(override)
    return days


def _overridden(windows: Windows, overrides: list[Override]) -> Windows:
    """Replacements first (together they are the day), then what is added, then what is taken away."""
    replaced = [span for one in overrides if one.mode == "replace" for span in one.windows]
    added = [span for one in overrides if one.mode == "add" for span in one.windows]
    removed = [span for one in overrides if one.mode == "subtract" for span in one.windows]
    base = replaced if any(one.mode == "replace" for one in overrides) else windows
    return tuple(subtract(normalize([*base, *added]), normalize(removed)))


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

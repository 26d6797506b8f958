"""Where things stand on a drawn calendar: side by side where they overlap, and on clocks that jump twice a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.spans import Span

#: Every zone's offset is a whole number of quarters of an hour, so a quarter has one reading of the clock.
QUARTER = 15
#: A drawn row, in minutes.
ROW = 5
#: (minute of the day on the clock, its second reading): the half hour of 02:30 comes twice in autumn.
Reading = tuple[int, int]


def columns(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """(column, of how many) of each span, in the order given: spans that overlap stand side by side, touching ones do not."""
    order = sorted(range(len(spans)), key=lambda at: (spans[at][0], -spans[at][1], at))
    placed: list[tuple[int, int]] = [(0, 1)] * len(spans)
    group: list[tuple[int, int]] = []  # (place, column) of those that hang together
    ends: list[int] = []
    for at in order:
        start, end = spans[at]
        if ends and start >= max(ends):
            _close(group, len(ends), placed)
            group, ends = [], []
        column = next((n for n, last in enumerate(ends) if last <= start), len(ends))
        ends[column : column + 1] = [end]
        group.append((at, column))
    _close(group, len(ends), placed)
    return placed


def _close(group: Sequence[tuple[int, int]], of: int, placed: list[tuple[int, int]]) -> None:
    for at, column in group:
        placed[at] = (column, of)


def midnight(day: date, zone: str) -> int:
    """The epoch minute at which a local date begins; where the clock skips midnight, the first one there is."""
    return to_min_floor(datetime.combine(day, time(), ZoneInfo(zone)))


def day_span(day: date, zone: str) -> Span:
    """[first, end) of a local date in epoch minutes: 23, 24 or 25 hours."""
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def readings(day: date, zone: str) -> list[Reading]:
    """What the clock shows at each quarter of an hour of a local date, in the order of time."""
    first, end = day_span(day, zone)
    local, found, seen = ZoneInfo(zone), [], set()
    for minute in range(first, end, QUARTER):
        at = from_min(minute).astimezone(local)
        shown = at.hour * 60 + at.minute
        found.append((shown, int(shown in seen)))
        seen.add(shown)
    return found


@dataclass(frozen=True, slots=True)
class Axis:
    """The readings that several days share, from top to bottom; a reading that a day lacks is a gap in it."""

    zone: str
    marks: tuple[Reading, ...]

    @property
    def rows(self) -> int:
        return len(self.marks) * (QUARTER // ROW)

    def hours(self) -> list[tuple[int, int]]:
        """(hour, first row) of each full hour; a repeated hour comes twice. Rows count from 1."""
        step = QUARTER // ROW
        return [(mark[0] // 60, at * step + 1) for at, mark in enumerate(self.marks) if mark[0] % 60 == 0]


def axis_of(days: Sequence[date], zone: str, first_hour: int = 0, end_hour: int = 24) -> Axis:
    """An axis long enough for each of the days, from `first_hour` to `end_hour` of the clock."""
    longest = max((readings(day, zone) for day in days), key=len)
    return Axis(zone, tuple(mark for mark in longest if first_hour * 60 <= mark[0] < end_hour * 60))


class DayRows:
    """Rows of one day on an axis, from 1; the end row is the one after the last."""

    def __init__(self, day: date, axis: Axis) -> None:
        self.first, self.end = day_span(day, axis.zone)
        self.shown = readings(day, axis.zone)
        self.axis = axis
        self._place = {mark: at for at, mark in enumerate(axis.marks)}

    def rows(self, start: int, end: int) -> Span | None:
        """[row, row) of what lasts from `start` to `end` (epoch minutes); None if nothing of it is on this axis."""
        low, high = max(start, self.first), min(end, self.end)
        inside = [at for at in self._quarters(low, high) if self.shown[at] in self._place]
        if not inside:
            return None
        step = QUARTER // ROW
        top, bottom = self._row_of(inside[0]), self._row_of(inside[-1]) + step
        top += max(0, low - self._minute_of(inside[0])) // ROW
        bottom -= max(0, self._minute_of(inside[-1]) + QUARTER - high) // ROW
        return top, max(bottom, top + 1)

    def gaps(self) -> list[Span]:
        """Runs of rows that the clock skips on this day."""
        here, step = set(self.shown), QUARTER // ROW
        found: list[Span] = []
        for at, mark in enumerate(self.axis.marks):
            if mark in here:
                continue
            row = at * step + 1
            if found and found[-1][1] == row:
                found[-1] = (found[-1][0], row + step)
            else:
                found.append((row, row + step))
        return found

    def halves(self) -> list[Span]:
        """[minute, row] of each half hour of the day that the axis shows."""
        step = QUARTER // ROW
        return [
            (self._minute_of(at), self._place[mark] * step + 1)
            for at, mark in enumerate(self.shown)
            if mark[0] % 30 == 0 and mark in self._place
        ]

    def _quarters(self, low: int, high: int) -> range:
        if low >= high:
            return range(0)
        return range((low - self.first) // QUARTER, -((self.first - high) // QUARTER))

    def _minute_of(self, at: int) -> int:
        return self.first + at * QUARTER

    def _row_of(self, at: int) -> int:
        return self._place[self.shown[at]] * (QUARTER // ROW) + 1


def hours_shown(day_spans: Sequence[Span], busy: Sequence[Span], zone: str, usual: Span = (8, 18)) -> Span:
    """[first, end) hours of the clock: the usual ones, and every hour in which something of `busy` lies on these days."""
    low, high = usual
    local = ZoneInfo(zone)
    for first, end in day_spans:
        for start, stop in busy:
            if start >= end or stop <= first:
                continue
            begins = from_min(max(start, first)).astimezone(local)
            ends = from_min(min(stop, end) - 1).astimezone(local)
            low, high = min(low, begins.hour), max(high, ends.hour + 1)
            if begins.hour > ends.hour:  # within an hour that the clock repeats
                low = min(low, ends.hour)
    return low, high

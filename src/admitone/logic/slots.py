"""Which start times of a calendar can be booked, and why the others cannot. All instants are epoch minutes.

The grid of a span is `span start + k * interval`, whatever is busy. A span that has been open for more than `REACH`
local dates (a schedule that never closes) restarts its grid at each local midnight from then on, so that the grid of a
date never depends on the window that was asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Literal, NamedTuple

from admitone.logic.availability import DAY, Schedule, day_spans, has_override, local_date, spans_between
from admitone.logic.clock import from_min, iso, to_min_ceil, to_min_floor
from admitone.logic.spans import Span, contains, intersect, normalize, subtract

#: The days this product knows: no slot starts before 2000 or after 2100 (UTC).
EARLIEST = to_min_floor(datetime(2000, 1, 1, tzinfo=UTC))
LATEST = to_min_floor(datetime(2101, 1, 1, tzinfo=UTC))
#: Local dates a span's start is looked for behind a slot.
REACH = 31
_BEFORE, _BEYOND = date(1999, 12, 1).toordinal(), date(2101, 1, 31).toordinal()

#: Reason of a block that overlaps a slot, by its kind; of all others BUSY.
CODES = {"booking": "BOOKED", "off": "HOSTOFF"}

_start, _end = itemgetter(0), itemgetter(1)


@dataclass(frozen=True, slots=True)
class Busy:
    """A block [start, end) in epoch minutes; `before` and `after` are a booking's own buffers, in minutes."""

    start: int
    end: int
    kind: str = "external"
    before: int = 0
    after: int = 0

    @classmethod
    def of(
        cls, start: datetime, end: datetime, kind: str = "external", *, before: int = 0, after: int = 0
    ) -> Busy | None:
        """The block of two aware datetimes rounded outward to minutes; None if it has no length."""
        if start >= end:
            return None
        return cls(to_min_floor(start), to_min_ceil(end), kind, before, after)


@dataclass(frozen=True, slots=True)
class Rules:
    """A calendar's rules; all lengths in minutes, dates on the schedule's wall clock and inclusive."""

    duration: int
    interval: int
    before: int = 0
    after: int = 0
    notice: int = 0
    alignment: Literal["window", "packed"] = "window"
    buffer_rule: Literal["max", "sum"] = "max"
    per_day_limit: int | None = None
    range_kind: Literal["rolling", "fixed", "unlimited"] = "unlimited"
    range_days: int | None = None
    range_first: date | None = None
    range_last: date | None = None

    def __post_init__(self) -> None:
        if self.duration < 1 or self.interval < 1:
            raise ValueError("duration and interval must be at least one minute")
        if min(self.before, self.after, self.notice) < 0:
            raise ValueError("buffers and notice cannot be negative")


@dataclass(frozen=True, slots=True)
class Request:
    """Starts wanted: first <= s < end. `own_counts`: bookings this calendar already has per host-local date."""

    first: int
    end: int
    now: datetime
    offered: tuple[Span, ...] | None = None
    own_counts: Mapping[date, int] | tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a start is not bookable: DESIGN's code, the block in the way if there is one, and a fact for people."""

    code: str
    blocking: Busy | None = None
    detail: str = ""


class Piece(NamedTuple):
    """Starts in [first, end) on the grid of `anchor`, whose slots must end by `close`."""

    anchor: int
    first: int
    end: int
    close: int


def find_slots(schedule: Schedule, rules: Rules, busy: Sequence[Busy], request: Request) -> list[int]:
    """Bookable starts, ascending. `busy` may come in any order; it must cover the window and, for `packed`, its days."""
    first, end = max(request.first, _earliest(rules, request)), min(request.end, LATEST)
    if first >= end:
        return []
    pieces = _pieces(schedule, first, end, rules.duration)
    if not pieces:
        return []
    since = min(first, pieces[0].anchor)
    blocked = normalize(
        [span for block in busy if (span := blocked_starts(rules, block)) and span[0] < end and span[1] > since]
    )
    runs = _runs(rules, pieces, blocked)
    free = subtract(_permitted(schedule.timezone, rules, request, first, end), blocked)
    return _starts(runs, free, rules.interval)


def refusal(schedule: Schedule, rules: Rules, busy: Sequence[Busy], request: Request, start: int) -> str | None:
    """The first reason code against one start, None if it is bookable: exactly when `find_slots` offers it.

    `request.first` and `request.end` do not matter here; only the days around `start` are looked at.
    """
    if find_slots(schedule, rules, busy, replace(request, first=start, end=start + 1)):
        return None
    return reasons(schedule, rules, busy, request, start)[0].code


def reasons(schedule: Schedule, rules: Rules, busy: Sequence[Busy], request: Request, start: int) -> list[Reason]:
    """Every reason against one start, the weightiest first; empty if it is bookable."""
    bounds = list(_out_of_bounds(schedule, rules, request, start))
    if not EARLIEST <= start < LATEST:
        return bounds
    found = bounds + list(_closed(schedule, rules, start)) + list(_in_the_way(rules, busy, start))
    found.extend(_day_full(schedule, rules, request, start))
    if not any(reason.code in ("HOURS", "OVERRIDE") for reason in found):
        found.extend(_off_grid(schedule, rules, busy, start))
    return found


def nearest(slots: Sequence[int], wanted: int, count: int = 3) -> list[int]:
    """The `count` starts of a sorted list closest to `wanted`, in order of time; of two as close, the earlier."""
    at = bisect_left(slots, wanted)
    around = slots[max(0, at - count) : at + count]
    return sorted(sorted(around, key=lambda start: (abs(start - wanted), start))[:count])


def blocked_starts(rules: Rules, block: Busy) -> Span | None:
    """The starts that one block forbids, its own and the calendar's buffers counted; None if it has no length."""
    if block.start >= block.end:
        return None
    before, after = rules.before, rules.after
    if block.kind == "off":  # hours of a host: buffers may overhang them, as they may the calendar's
        before = after = 0
    elif block.kind == "booking":
        if rules.buffer_rule == "sum":
            before, after = before + block.after, after + block.before
        else:
            before, after = max(before, block.after), max(after, block.before)
    return block.start - rules.duration - after + 1, block.end + before


def _earliest(rules: Rules, request: Request) -> int:
    return max(to_min_ceil(request.now) + rules.notice, EARLIEST)


def _pieces(schedule: Schedule, first: int, end: int, duration: int) -> list[Piece]:
    """The parts of the open spans that can hold starts in [first, end), each with its grid."""
    low = local_date(schedule.timezone, first).toordinal()
    high = local_date(schedule.timezone, end - 1).toordinal()
    # One date more on either side: a clock change at midnight can show a date again after the next one began.
    spans = spans_between(schedule, low - REACH - 2, high + duration // DAY + 2)
    near = spans[bisect_right(spans, first, key=_end) : bisect_left(spans, end, key=_start)]
    pieces: list[Piece] = []
    for start, close in near:
        if close - start < (REACH - 2) * DAY:
            pieces.append(Piece(start, start, close, close))
        else:
            pieces.extend(_long_pieces(schedule.timezone, (start, close), low - 1, high + 1))
    return pieces


def _long_pieces(zone: str, span: Span, low: int, high: int) -> Iterator[Piece]:
    """One piece for the span's first dates, then one a local date (ordinals low..high) with its own grid."""
    start, close = span
    young = local_date(zone, start).toordinal() + REACH
    if young >= low:
        for first, end in intersect([span], _until(zone, young)):
            yield Piece(start, first, end, close)
    for day in range(max(low, young + 1), high + 1):
        whole = day_spans(zone, day)
        for first, end in intersect([span], whole):
            yield Piece(whole[0][0], first, end, close)


def _until(zone: str, day: int) -> list[Span]:
    """All minutes whose local date (ordinal) is `day` or earlier."""
    later = day + 1
    while not day_spans(zone, later):
        later += 1
    return normalize([(min(EARLIEST - 60 * DAY, 0), day_spans(zone, later)[0][0]), *day_spans(zone, day)])


def _from(zone: str, day: int) -> list[Span]:
    """All minutes whose local date (ordinal) is `day` or later."""
    return subtract([(EARLIEST - DAY, LATEST + DAY)], _until(zone, day - 1))


def _runs(rules: Rules, pieces: list[Piece], blocked: list[Span]) -> list[tuple[int, int, int]]:
    """(grid start, first, end) of starts whose slots fit; `packed` begins a new grid after each blocked stretch."""
    runs = []
    for anchor, first, end, close in pieces:
        end = min(end, close - rules.duration + 1)
        if rules.alignment == "window":
            runs.append((anchor, first, end))
        elif first < end:
            passed = bisect_right(blocked, first, key=_end)
            grid = max(anchor, blocked[passed - 1][1]) if passed else anchor
            free = subtract([(first, end)], blocked[passed : bisect_left(blocked, end, key=_start)])
            runs.extend([(grid if low == first else low, low, high) for low, high in free])
    return runs


def _starts(runs: list[tuple[int, int, int]], free: list[Span], interval: int) -> list[int]:
    starts: list[int] = []
    at, count = 0, len(free)
    for anchor, first, end in runs:
        # Runs of a date that a clock change interrupts may lie out of order by an hour.
        while at and free[at - 1][1] > first:
            at -= 1
        while at < count and free[at][1] <= first:
            at += 1
        part = at
        while part < count and free[part][0] < end:
            low, high = free[part]
            low = first if low < first else low
            starts.extend(range(low + (anchor - low) % interval, high if high < end else end, interval))
            part += 1
    starts.sort()
    return starts


def _permitted(zone: str, rules: Rules, request: Request, first: int, end: int) -> list[Span]:
    """Starts of [first, end) that the date range, the day limit and the offered times leave."""
    permitted = [(first, end)]
    low, high = _date_range(zone, rules, request)
    if low is not None:
        permitted = intersect(permitted, _from(zone, _known_day(low.toordinal())))
    if high is not None:
        permitted = intersect(permitted, _until(zone, _known_day(high.toordinal())))
    if request.offered is not None:
        permitted = intersect(permitted, normalize((a, b - rules.duration + 1) for a, b in request.offered))
    if rules.per_day_limit is not None:
        permitted = _below_limit(zone, permitted, request, rules.per_day_limit)
    return permitted


def _below_limit(zone: str, spans: list[Span], request: Request, limit: int) -> list[Span]:
    if limit <= 0:
        return []
    full = [day for day, count in dict(request.own_counts).items() if count >= limit]
    return subtract(spans, normalize(span for day in full for span in day_spans(zone, day.toordinal())))


def _date_range(zone: str, rules: Rules, request: Request) -> tuple[date | None, date | None]:
    """First and last bookable local date; `rolling` ends `range_days` after today, that day included."""
    if rules.range_kind == "fixed":
        return rules.range_first, rules.range_last
    if rules.range_kind == "rolling" and rules.range_days is not None:
        today = local_date(zone, to_min_floor(request.now)).toordinal()
        return None, date.fromordinal(_known_day(today + rules.range_days))
    return None, None


def _known_day(day: int) -> int:
    """The ordinal itself, or that of the nearest date just outside the days this product knows."""
    return min(max(day, _BEFORE), _BEYOND)


def _out_of_bounds(schedule: Schedule, rules: Rules, request: Request, start: int) -> Iterator[Reason]:
    now, earliest = to_min_ceil(request.now), _earliest(rules, request)
    if start < max(now, EARLIEST):
        yield Reason("PAST", detail=iso(from_min(max(now, EARLIEST))))
    elif start < earliest:
        yield Reason("NOTICE", detail=iso(from_min(earliest)))
    if start >= LATEST:
        yield Reason("TOOFAR", detail=iso(from_min(LATEST)))
    elif start >= EARLIEST:
        yield from _out_of_range(schedule.timezone, rules, request, start)
    if request.offered is not None and not any(a <= start and start + rules.duration <= b for a, b in request.offered):
        yield Reason("LINKWINDOW")


def _out_of_range(zone: str, rules: Rules, request: Request, start: int) -> Iterator[Reason]:
    day = local_date(zone, start)
    low, high = _date_range(zone, rules, request)
    if high is not None and day > high:
        yield Reason("TOOFAR", detail=high.isoformat())
    elif low is not None and day < low:
        yield Reason("TOOFAR", detail=low.isoformat())


def _closed(schedule: Schedule, rules: Rules, start: int) -> Iterator[Reason]:
    end = start + rules.duration
    days = [local_date(schedule.timezone, minute) for minute in (start, end - 1)]
    spans = spans_between(schedule, days[0].toordinal() - 1, days[1].toordinal() + 1)
    if not contains(spans, (start, end)):
        changed = [day for day in days if has_override(schedule, day)]
        yield Reason("OVERRIDE" if changed else "HOURS", detail=(changed or days)[0].isoformat())


def _in_the_way(rules: Rules, busy: Sequence[Busy], start: int) -> list[Reason]:
    """BOOKED, BUSY and HOSTOFF for blocks that overlap the slot, BUFFER for those that only touch its buffers."""
    found = []
    for block in busy:
        span = blocked_starts(rules, block)
        if not span or not span[0] <= start < span[1]:
            continue
        overlaps = block.start < start + rules.duration and start < block.end
        found.append(Reason(CODES.get(block.kind, "BUSY") if overlaps else "BUFFER", block))
    return sorted(found, key=lambda reason: ("BOOKED", "BUSY", "HOSTOFF", "BUFFER").index(reason.code))


def _day_full(schedule: Schedule, rules: Rules, request: Request, start: int) -> Iterator[Reason]:
    if rules.per_day_limit is None:
        return
    day = local_date(schedule.timezone, start)
    count = dict(request.own_counts).get(day, 0)
    if count >= rules.per_day_limit:
        yield Reason("DAYLIMIT", detail=f"{count}/{rules.per_day_limit}")


def _off_grid(schedule: Schedule, rules: Rules, busy: Sequence[Busy], start: int) -> Iterator[Reason]:
    pieces = _pieces(schedule, start, start + 1, rules.duration)
    blocked = normalize(span for block in busy if (span := blocked_starts(rules, block)))
    # Under `packed` a blocked start lies in no run: the block is reason enough.
    around = [anchor for anchor, first, end in _runs(rules, pieces, blocked) if first <= start < end]
    if around and (start - around[0]) % rules.interval:
        yield Reason("GRID", detail=f"{(start - around[0]) % rules.interval}/{rules.interval}")

"""Which start times of a calendar can be booked, and why the others cannot. All instants are epoch minutes.

The grid of a span is `span start + k * interval`, whatever is busy. A span that has been open for more than `REACH`
local dates (a schedule that never closes) restarts its grid at each local midnight from then on, so that the grid of a
date never depends on the window that was asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple

from admitone.logic.availability import DAY, Schedule, day_spans, has_override, local_date, spans_between
from admitone.logic.clock import from_min, iso, to_min_ceil
from admitone.logic.ranges import below_limit, cutoff, date_range, from_day, known_day, limits, until_day
from admitone.logic.rules import EARLIEST, LATEST, Busy, Reason, Request, Rules
from admitone.logic.spans import Span, contains, intersect, normalize, subtract

__all__ = [
    "EARLIEST",
    "LATEST",
    "Busy",
    "Reason",
    "Request",
    "Rules",
    "find_slots",
    "nearest",
    "reasons",
    "refusal",
]

#: Local dates a span's start is looked for behind a slot.
REACH = 31
#: Reason of a block that overlaps a slot, by its kind; of all others BUSY.
CODES = {"booking": "BOOKED", "off": "HOSTOFF"}

_start, _end = itemgetter(0), itemgetter(1)


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
    free = subtract(_permitted(schedule, rules, request, first, end), blocked)
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
    found.extend(_full(schedule, rules, request, start))
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
    if block.kind in ("off", "blocked"):  # a host's hours, time off: buffers overhang them, as they do closing time
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
        for first, end in intersect([span], until_day(zone, young)):
            yield Piece(start, first, end, close)
    for day in range(max(low, young + 1), high + 1):
        whole = day_spans(zone, day)
        for first, end in intersect([span], whole):
            yield Piece(whole[0][0], first, end, close)


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


def _permitted(schedule: Schedule, rules: Rules, request: Request, first: int, end: int) -> list[Span]:
    """Starts of [first, end) that the date range, the limits and the offered times leave."""
    zone, permitted = schedule.timezone, [(first, end)]
    low, high = date_range(schedule, rules, request)
    for day in (low, cutoff(zone, rules, request)):
        if day is not None:
            permitted = intersect(permitted, from_day(zone, known_day(day.toordinal())))
    if high is not None:
        permitted = intersect(permitted, until_day(zone, known_day(high.toordinal())))
    if request.offered is not None:
        permitted = intersect(permitted, normalize((a, b - rules.duration + 1) for a, b in request.offered))
    for limit, days_of, _code in limits(rules):
        permitted = below_limit(zone, permitted, request, limit, days_of)
    return permitted


def _out_of_bounds(schedule: Schedule, rules: Rules, request: Request, start: int) -> Iterator[Reason]:
    now, earliest = to_min_ceil(request.now), _earliest(rules, request)
    if start < max(now, EARLIEST):
        yield Reason("PAST", detail=iso(from_min(max(now, EARLIEST))))
    elif start < earliest:
        yield Reason("NOTICE", detail=iso(from_min(earliest)))
    if start >= LATEST:
        yield Reason("TOOFAR", detail=iso(from_min(LATEST)))
    elif start >= EARLIEST:
        yield from _out_of_range(schedule, rules, request, start)
    if request.offered is not None and not any(a <= start and start + rules.duration <= b for a, b in request.offered):
        yield Reason("LINKWINDOW")


def _out_of_range(schedule: Schedule, rules: Rules, request: Request, start: int) -> Iterator[Reason]:
    day = local_date(schedule.timezone, start)
    low, high = date_range(schedule, rules, request)
    open_from = cutoff(schedule.timezone, rules, request)
    if open_from is not None and day < open_from:
        yield Reason("NOTICE", detail=open_from.isoformat())
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


def _full(schedule: Schedule, rules: Rules, request: Request, start: int) -> Iterator[Reason]:
    counts = {day.toordinal(): count for day, count in dict(request.own_counts).items()}
    for limit, days_of, code in limits(rules):
        count = sum(counts.get(day, 0) for day in days_of(local_date(schedule.timezone, start)))
        if count >= limit:
            yield Reason(code, detail=f"{count}/{limit}")


def _off_grid(schedule: Schedule, rules: Rules, busy: Sequence[Busy], start: int) -> Iterator[Reason]:
    pieces = _pieces(schedule, start, start + 1, rules.duration)
    blocked = normalize(span for block in busy if (span := blocked_starts(rules, block)))
    # Under `packed` a blocked start lies in no run: the block is reason enough.
    around = [anchor for anchor, first, end in _runs(rules, pieces, blocked) if first <= start < end]
    if around and (start - around[0]) % rules.interval:
        yield Reason("GRID", detail=f"{(start - around[0]) % rules.interval}/{rules.interval}")

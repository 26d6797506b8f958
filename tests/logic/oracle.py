"""Slots by brute force: every minute looked at by itself, in the words of the rule. Shares no code with the engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from admitone.logic.availability import Schedule
from admitone.logic.slots import Busy, Request, Rules

REACH = 31


@lru_cache(maxsize=100_000)
def wall(zone: str, minute: int) -> tuple[date, int]:
    """Local date and minute of the local day that a wall clock shows."""
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
    return local.date(), local.hour * 60 + local.minute


def is_open(schedule: Schedule, minute: int) -> bool:
    day, clock = wall(schedule.timezone, minute)
    mine = [override for override in schedule.overrides if override.date == day]

    def within(mode: str) -> bool:
        spans = [span for override in mine if override.mode == mode for span in override.windows]
        return any(start <= clock < end for start, end in spans)

    if within("subtract"):
        return False
    if within("add"):
        return True
    if any(override.mode == "replace" for override in mine):
        return within("replace")
    week = (day - date(1, 1, 1)).days // 7
    return any(
        day.weekday() in window.days and window.start <= clock < window.end and week % window.every == window.phase
        for window in schedule.windows
    )


@lru_cache(maxsize=10_000)
def minutes_of(zone: str, day: date) -> list[int]:
    """Every minute whose wall clock shows this date."""
    around = (day - date(1970, 1, 1)).days * 1440
    return [minute for minute in range(around - 1440, around + 2880) if wall(zone, minute)[0] == day]


class Oracle:
    """One case; remembers what it found out about single minutes."""

    def __init__(self, schedule: Schedule, rules: Rules, busy: list[Busy], request: Request) -> None:
        self.schedule, self.rules, self.request = schedule, rules, request
        self.bookings = [block for block in busy if block.kind == "booking" and block.start < block.end]
        others = [range(block.start, block.end) for block in busy if block.kind != "booking"]
        self.taken = {minute for block in others for minute in block}
        self.known: dict[int, bool] = {}
        self.anchors: dict[int, int] = {}

    def slots(self) -> list[int]:
        around = range(self.request.first, self.request.end)
        return [start for start in around if self.fits(start) and self.allowed(start) and self.on_grid(start)]

    def wall(self, minute: int) -> tuple[date, int]:
        return wall(self.schedule.timezone, minute)

    def is_open(self, minute: int) -> bool:
        if minute not in self.known:
            self.known[minute] = is_open(self.schedule, minute)
        return self.known[minute]

    def fits(self, start: int) -> bool:
        return self.misses(start) and all(map(self.is_open, range(start, start + self.rules.duration)))

    def misses(self, start: int) -> bool:
        """Whether busy time and buffers leave this start free, hours left aside."""
        end = start + self.rules.duration
        if not self.taken.isdisjoint(range(start - self.rules.before, end + self.rules.after)):
            return False
        return all(self.apart(booking, start, end) for booking in self.bookings)

    def apart(self, booking: Busy, start: int, end: int) -> bool:
        join = max if self.rules.buffer_rule == "max" else lambda one, other: one + other
        if booking.end <= start:
            return start - booking.end >= join(booking.after, self.rules.before)
        if end <= booking.start:
            return booking.start - end >= join(self.rules.after, booking.before)
        return False

    def allowed(self, start: int) -> bool:
        """Notice, date range, day limit and offered times."""
        rules, request = self.rules, self.request
        now = (request.now - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(minutes=1)
        day = self.wall(start)[0]
        if start < now + rules.notice:
            return False
        today, clock = self.wall(int(now))
        if rules.cutoff_days is not None and (today, clock) >= (day - timedelta(rules.cutoff_days), rules.cutoff_at):
            return False
        if rules.range_kind == "rolling" and (day - today).days > rules.range_days:
            return False
        if rules.range_kind == "working" and self.working_days(today, day) > rules.range_days:
            return False
        if rules.range_kind == "fixed" and not rules.range_first <= day <= rules.range_last:
            return False
        if self.full(rules.per_day_limit, day, lambda one: one):
            return False
        if self.full(rules.per_week_limit, day, lambda one: one - timedelta(one.weekday())):
            return False
        if self.full(rules.per_month_limit, day, lambda one: (one.year, one.month)):
            return False
        if request.offered is None:
            return True
        return any(low <= start and start + rules.duration <= high for low, high in request.offered)

    def full(self, limit: int | None, day: date, period: Callable[[date], object]) -> bool:
        counts = dict(self.request.own_counts).items()
        return limit is not None and sum(n for one, n in counts if period(one) == period(day)) >= limit

    def working_days(self, today: date, day: date) -> int:
        """Dates after today up to this one with an open minute."""
        dates = [today + timedelta(n) for n in range(1, (day - today).days + 1)]
        return sum(any(map(self.is_open, minutes_of(self.schedule.timezone, one))) for one in dates)

    def on_grid(self, start: int) -> bool:
        """Window: steps from the span's start. Packed: steps from the last moment that became free."""
        anchor = self.span_start(start)
        if self.rules.alignment == "packed":
            blocked = [minute for minute in range(anchor, start) if not self.misses(minute)]
            anchor = blocked[-1] + 1 if blocked else anchor
        return (start - anchor) % self.rules.interval == 0

    def span_start(self, minute: int) -> int:
        """First minute of the open run, or of the local date if the run is older than REACH dates."""
        if minute - 1 in self.anchors and self.wall(minute)[0] == self.wall(minute - 1)[0]:
            found = self.anchors[minute - 1]
        else:
            found = self.walk_back(minute)
        self.anchors[minute] = found
        return found

    def walk_back(self, minute: int) -> int:
        day, start = self.wall(minute)[0], minute
        while self.is_open(start - 1):
            start -= 1
            if (day - self.wall(start)[0]).days > REACH:
                return min(m for m in range(minute - 1700, minute + 1) if self.wall(m)[0] == day)
        return start

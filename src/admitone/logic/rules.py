"""What a calendar's slots are asked with: rules, busy blocks, the request, and the reasons of an answer.

All instants are epoch minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.spans import Span

#: The days this product knows: no slot starts before 2000 or after 2100 (UTC).
EARLIEST = to_min_floor(datetime(2000, 1, 1, tzinfo=UTC))
LATEST = to_min_floor(datetime(2101, 1, 1, tzinfo=UTC))


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
    per_week_limit: int | None = None
    per_month_limit: int | None = None
    cutoff_days: int | None = None  # with cutoff_at: bookable until that wall clock (minutes), so many days before
    cutoff_at: int = 0
    range_kind: Literal["rolling", "working", "fixed", "unlimited"] = "unlimited"
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
    """Starts wanted: first <= s < end. `own_counts`: bookings this calendar already has per host-local date, of whole
    weeks and months where those are limited."""

    first: int
    end: int
    now: datetime
    offered: tuple[Span, ...] | None = None
    own_counts: Mapping[date, int] | tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a start is not bookable: the code (logic.reasons), the block in the way if there is one, a fact for people, and the id of
    the host it is about where a calendar has several."""

    code: str
    blocking: Busy | None = None
    detail: str = ""
    host: str = ""

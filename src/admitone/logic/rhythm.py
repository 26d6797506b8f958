"""Moments that come again on a wall clock: every day, weekday, week or month, whatever daylight saving does."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Every = Literal["day", "weekday", "week", "month"]
DAY = timedelta(days=1)
REACH = 63  # days: in so many there is always a moment


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`minute` of the local day in `zone`; `weekday` (0 = Monday) is for weeks, `day` for months, at most their last."""

    every: Every
    minute: int
    zone: str
    weekday: int = 0
    day: int = 1

    def fits(self, on: date) -> bool:
        if self.every == "weekday":
            return on.weekday() < 5
        if self.every == "week":
            return on.weekday() == self.weekday
        if self.every == "month":
            return on.day == min(self.day, monthrange(on.year, on.month)[1])
        return True

    def moment(self, on: date) -> datetime:
        """UTC. A time that the clock skips comes as much later, one that it shows twice is the first (PEP 495)."""
        wall = datetime.combine(on, time(self.minute // 60, self.minute % 60), ZoneInfo(self.zone))
        return wall.astimezone(UTC)

    def moments(self, start: date, step: timedelta) -> Iterator[datetime]:
        for n in range(REACH):
            if self.fits(start + n * step):
                yield self.moment(start + n * step)

    def after(self, at: datetime) -> datetime:
        """The first moment later than `at`."""
        return next(moment for moment in self.moments(self.local(at) - DAY, DAY) if moment > at)

    def until(self, at: datetime) -> datetime:
        """The last moment not later than `at`."""
        return next(moment for moment in self.moments(self.local(at) + DAY, -DAY) if moment <= at)

    def local(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

"""Appointments that repeat at the same wall-clock time: every week, every two weeks, or on the same weekday of each month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem

EVERY = ("week", "two_weeks", "month")
STEPS = {"week": timedelta(days=7), "two_weeks": timedelta(days=14)}


@dataclass(frozen=True, slots=True)
class Repeat:
    """`count` appointments in all, the first among them."""

    every: str
    count: int


def clean_repeat(raw: Mapping[str, Any] | None, most: int) -> Repeat | None:
    """What was asked for; None for a single appointment. Problem("invalid") beyond `most`, or without a known rhythm."""
    if not raw or not raw.get("every"):
        return None
    if raw["every"] not in EVERY:
        raise Problem("invalid", fields={"repeat": "Choose how often it repeats."})
    text = str(raw.get("count") or "")
    if most < 2:
        raise Problem("invalid", fields={"repeat": "Appointments do not repeat here."})
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 2 <= int(text) <= most):
        raise Problem("invalid", fields={"repeat": f"Choose from 2 to {most} appointments."})
    return Repeat(str(raw["every"]), int(text))


def occurrences(start: int, zone: str, repeat: Repeat) -> list[int]:
    """Epoch minutes of all appointments, `start` first, at the same time on the clocks of `zone`.

    A time that a clock change skips is as much later; of an hour that comes twice it is the one that `start` is of.
    "month" is the same weekday of the month (the second Tuesday); a fifth one is the last.
    """
    tz = ZoneInfo(zone)
    first = from_min(start).astimezone(tz)
    days = (_day(first.date(), repeat.every, n) for n in range(1, repeat.count))
    return [start, *(_minute(day, first, tz) for day in days)]


def _day(first: date, every: str, n: int) -> date:
    if every in STEPS:
        return first + STEPS[every] * n
    months = first.month - 1 + n
    return _same_weekday(first, first.year + months // 12, months % 12 + 1)


def _same_weekday(first: date, year: int, month: int) -> date:
    """The date in that month with the weekday and the place in its month that `first` has."""
    begin = date(year, month, 1)
    day = begin + timedelta(days=(first.weekday() - begin.weekday()) % 7 + 7 * ((first.day - 1) // 7))
    return day if day.month == month else day - timedelta(days=7)


def _minute(day: date, first: datetime, tz: ZoneInfo) -> int:
    wall = datetime.combine(day, first.time().replace(fold=0), tz)
    again = wall.replace(fold=first.fold)
    is_real = again.astimezone(UTC).astimezone(tz).replace(tzinfo=None) == wall.replace(tzinfo=None)
    return to_min_floor((again if is_real else wall).astimezone(UTC))

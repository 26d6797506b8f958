"""Dates, times and zones as the reader writes them (CLDR through Babel). Instants are epoch minutes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale

from admitone.logic.clock import from_min
from admitone.logic.dates import (
    clock,
    is_repeated,
    joined,
    long_date,
    month_name,
    offset,
    reader_locale,
    short_date,
)

__all__ = ["clock", "is_repeated", "joined", "long_date", "month_name", "offset", "reader_locale", "short_date"]

#: Letters of a weekday that fit a column of the month on a small phone.
LONGEST_WEEKDAY = 5


def local(minute: int, zone: str) -> datetime:
    return from_min(minute).astimezone(ZoneInfo(zone))


def weekdays(locale: Locale) -> list[tuple[str, str]]:
    """(short, long) names in the locale's order of the week."""
    first = locale.first_week_day
    days = [(first + step) % 7 for step in range(7)]
    names = locale.days["stand-alone"]
    short, wide = names["abbreviated"], names["wide"]
    if max(map(len, short.values())) > LONGEST_WEEKDAY:
        short = names.get("short", short)
    return [(short[day], wide[day]) for day in days]


def clock_change(day: date, zone: str) -> int:
    """Minutes by which the clocks go forward (negative: back) on this local date, else 0."""
    tz = ZoneInfo(zone)
    starts = [datetime(one.year, one.month, one.day, tzinfo=tz) for one in (day, day + timedelta(days=1))]
    before, after = (at.utcoffset() or timedelta() for at in starts)
    return round((after - before).total_seconds() / 60)


def time_range(start: int, end: int, zone: str, locale: Locale) -> str:
    """14:30 – 15:00; the second date is named where it differs; offsets are named in a repeated hour."""
    first, last = local(start, zone), local(end, zone)
    parts = [clock(first, locale), clock(last, locale)]
    if last.date() != first.date():
        parts[1] = joined(short_date(last.date(), locale), parts[1], locale)
    if is_repeated(first) or is_repeated(last):
        parts = [f"{parts[0]} ({offset(first)})", f"{parts[1]} ({offset(last)})"]
    return " – ".join(parts)


def moment(minute: int, zone: str, locale: Locale) -> str:
    """Tue 8 Dec, 14:30."""
    at = local(minute, zone)
    return joined(short_date(at.date(), locale), clock(at, locale), locale)


def zone_label(zone: str) -> str:
    return zone.replace("_", " ")

"""Dates, times and zones as the reader writes them (CLDR through Babel). Instants are epoch minutes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time

from admitone.logic.clock import from_min
from admitone.logic.identity import region_of

#: Letters of a weekday that fit a column of the month on a small phone.
LONGEST_WEEKDAY = 5


@lru_cache(maxsize=512)
def reader_locale(language: str, region: str = "", zone: str = "") -> Locale:
    """The locale of a language for a reader's region; without one, for the region of the calendar's zone.

    An English page of a calendar in Berlin reads "14:30", one in New York "2:30 PM".
    """
    base, _, variant = language.replace("_", "-").partition("-")
    for territory in (variant, region, region_of(zone) or "", "001"):
        try:
            if territory:
                return Locale.parse(f"{base}_{territory.upper()}", resolve_likely_subtags=False)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(base)


def local(minute: int, zone: str) -> datetime:
    return from_min(minute).astimezone(ZoneInfo(zone))


def clock(at: datetime, locale: Locale) -> str:
    """14:30 or 2:30 PM."""
    return format_time(at.time(), "short", locale=locale)


def short_date(day: date, locale: Locale) -> str:
    """Tue 8 Dec."""
    return format_skeleton("MMMEd", datetime(day.year, day.month, day.day), locale=locale)  # noqa: DTZ001


def long_date(day: date, locale: Locale) -> str:
    """Tuesday, 8 December 2026."""
    return format_date(day, "full", locale=locale)


def month_name(day: date, locale: Locale) -> str:
    return format_skeleton("yMMMM", datetime(day.year, day.month, 1), locale=locale)  # noqa: DTZ001


def weekdays(locale: Locale) -> list[tuple[str, str]]:
    """(short, long) names in the locale's order of the week."""
    first = locale.first_week_day
    days = [(first + step) % 7 for step in range(7)]
    names = locale.days["stand-alone"]
    short, wide = names["abbreviated"], names["wide"]
    if max(map(len, short.values())) > LONGEST_WEEKDAY:
        short = names.get("short", short)
    return [(short[day], wide[day]) for day in days]


def offset(at: datetime) -> str:
    """GMT, GMT+1 or GMT+5:30."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def is_repeated(at: datetime) -> bool:
    """Does this wall time occur twice on its date (the clocks go back)?"""
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset() and _exists(at)


def _exists(at: datetime) -> bool:
    return at.astimezone(ZoneInfo("UTC")).astimezone(at.tzinfo).replace(fold=0) == at.replace(fold=0)


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


def joined(day: str, time: str, locale: Locale) -> str:
    """Date and time in the locale's order and punctuation."""
    return str(locale.datetime_formats["medium"]).replace("{1}", day).replace("{0}", time)


def zone_label(zone: str) -> str:
    return zone.replace("_", " ")


def city(zone: str) -> str:
    """New York for America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")

"""How dates and times are written: the one source for pages, mails and the signed-in area (CLDR through Babel)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location

from admitone.logic.identity import region_of


@lru_cache(maxsize=512)
def reader_locale(language: str, region: str = "", zone: str = "") -> Locale:
    """The locale of a language for a reader's region; without one, for the region of the calendar's zone.

    An English page of a calendar in Berlin reads "14:30", one in New York "2:30 PM".
    """
    base, _, variant = language.replace("_", "-").partition("-")
    for territory in (variant, region, region_of(zone) or "", "001"):
        found = _in(base, territory.upper()) if territory else None
        if found:
            return found
    return Locale.parse(base)


def home_region(language: str, zone: str = "") -> str:
    """Where a language without a region is at home: in the zone's country if it is spoken there, else in its own."""
    region = region_of(zone) or ""
    if region and _exact(language, region):
        return region
    likely = str(get_global("likely_subtags").get(language, "")).rpartition("_")[2]
    return likely if len(likely) == 2 else ""


def _in(base: str, territory: str) -> Locale | None:
    return _exact(base, territory) or (_english_abroad(territory) if base == "en" and len(territory) == 2 else None)


def _exact(base: str, territory: str) -> Locale | None:
    try:
        return Locale.parse(f"{base}_{territory}", resolve_likely_subtags=False)
    except (UnknownLocaleError, ValueError):
        return None


def _english_abroad(territory: str) -> Locale | None:
    """For a country that CLDR has no English of: day before month, and the country's own 12 or 24 hours."""
    try:
        own = Locale.parse(f"und_{territory}")
    except (UnknownLocaleError, ValueError):
        return None
    has_24_hours = "H" in str(own.time_formats["short"])
    return Locale.parse("en_150" if has_24_hours else "en_001", resolve_likely_subtags=False)


def clock(at: datetime, locale: Locale) -> str:
    """14:30 or 2:30 PM."""
    return _clock(at.hour, at.minute, locale)


#: Times and dates are the same words for every reader of a language, and a page has a hundred of them.
@lru_cache(maxsize=24 * 60 * 4)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    return format_time(time(hour, minute), "short", locale=locale)


@lru_cache(maxsize=4096)
def short_date(day: date, locale: Locale) -> str:
    """Tue 8 Dec."""
    return format_skeleton("MMMEd", _midnight(day), locale=locale)


def dated(day: date, locale: Locale) -> str:
    """Tue, 8 Dec 2026."""
    return format_skeleton("yMMMEd", _midnight(day), locale=locale)


def plain_date(day: date, locale: Locale) -> str:
    """8 Dec 2026, or in figures where the language's custom is so."""
    return format_date(day, "medium", locale=locale)


@lru_cache(maxsize=4096)
def long_date(day: date, locale: Locale) -> str:
    """Tuesday, 8 December 2026."""
    return format_date(day, "full", locale=locale)


@lru_cache(maxsize=512)
def month_name(day: date, locale: Locale) -> str:
    return format_skeleton("yMMMM", _midnight(day.replace(day=1)), locale=locale)


def stamp(at: datetime, locale: Locale) -> str:
    """Tue, 8 Dec 2026, 14:30: as `at`'s own clock shows it."""
    return joined(dated(at.date(), locale), clock(at, locale), locale)


def plain_stamp(at: datetime, locale: Locale) -> str:
    """8 Dec 2026, 14:30: `stamp` where there is no room for the weekday."""
    return joined(plain_date(at.date(), locale), clock(at, locale), locale)


def joined(day: str, time: str, locale: Locale) -> str:
    """Date and time in the locale's order and punctuation."""
    return str(locale.datetime_formats["medium"]).replace("{1}", day).replace("{0}", time)


def city(zone: str, locale: Locale) -> str:
    """Berlin for Europe/Berlin, in the reader's language where CLDR knows it."""
    plain = zone.rpartition("/")[2].replace("_", " ")
    found = "" if zone.startswith("Etc/") else str(get_timezone_location(zone, locale=locale, return_city=True))
    return plain if not found or "/" in found else found


def offset(at: datetime, minus: str = "−") -> str:
    """GMT, GMT+1 or GMT+5:30."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else minus}{hours}{f':{rest:02}' if rest else ''}"


def is_repeated(at: datetime) -> bool:
    """Does this wall time occur twice on its date (the clocks go back)?"""
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset() and _exists(at)


def _exists(at: datetime) -> bool:
    return at.astimezone(UTC).astimezone(at.tzinfo).replace(fold=0) == at.replace(fold=0)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 (a calendar day has no zone)

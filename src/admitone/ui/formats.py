"""Dates, times and durations in the reader's language (the active Django language, by Babel)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, dates, units
from django.utils.translation import get_language, gettext, to_locale


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def locale() -> Locale:
    """The Babel locale of the active language; English when none is active."""
    return _locale(get_language() or "en")


def zone_of(zone: str | tzinfo | None) -> tzinfo:
    """A tzinfo from an IANA name; UTC for nothing."""
    if isinstance(zone, tzinfo):
        return zone
    return ZoneInfo(zone) if zone else UTC


def clock(at: datetime, zone: str | tzinfo | None) -> str:
    """10:30 AM or 10:30, as the language writes it."""
    return dates.format_time(at.astimezone(zone_of(zone)), "short", locale=locale())


def day(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """Tuesday, December 8, 2026."""
    return dates.format_date(_local_date(at, zone), "full", locale=locale())


def day_short(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """Tue, Dec 8."""
    return dates.format_skeleton("MMMEd", _midnight(_local_date(at, zone)), locale=locale())


def date_short(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """Dec 8, 2026."""
    return dates.format_date(_local_date(at, zone), "medium", locale=locale())


def month(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """December 2026."""
    return dates.format_skeleton("yMMMM", _midnight(_local_date(at, zone)), locale=locale())


def stamp(at: datetime, zone: str | tzinfo | None) -> str:
    """Dec 8, 2026, 10:30 AM: for tables."""
    return f"{date_short(at, zone)}, {clock(at, zone)}"


def moment(at: datetime, zone: str | tzinfo | None) -> str:
    """Tuesday, December 8, 2026, 10:30 AM (Central European Standard Time)."""
    return f"{day(at, zone)}, {clock(at, zone)} ({zone_name(zone, at)})"


def zone_name(zone: str | tzinfo | None, at: datetime) -> str:
    """The zone's name in the reader's language at that instant."""
    return dates.get_timezone_name(at.astimezone(zone_of(zone)), locale=locale())


def zone_offset(zone: str | tzinfo | None, at: datetime) -> str:
    """GMT+01:00 at that instant."""
    return dates.get_timezone_gmt(at.astimezone(zone_of(zone)), "long", locale=locale())


def zone_city(zone: str | tzinfo | None) -> str:
    """Berlin, from Europe/Berlin."""
    return str(zone_of(zone)).rpartition("/")[2].replace("_", " ")


def duration_words(minutes: int) -> str:
    """90 -> `1 hr 30 min`, in the reader's language."""
    hours, rest = divmod(int(minutes), 60)
    parts = [_unit(hours, "duration-hour")] if hours else []
    if rest or not hours:
        parts.append(_unit(rest, "duration-minute"))
    return " ".join(parts)


def relative(at: datetime, now: datetime) -> str:
    """3 minutes ago, in 2 days; within 45 seconds: just now."""
    delta = at - now
    if abs(delta) < timedelta(seconds=45):
        return gettext("just now")
    return dates.format_timedelta(delta, add_direction=True, locale=locale())


def weekday_heads(first: int = 0) -> list[tuple[str, str]]:
    """Seven (short, full) weekday names, starting at `first` (0 = Monday)."""
    short = dates.get_day_names("abbreviated", "stand-alone", locale())
    wide = dates.get_day_names("wide", "stand-alone", locale())
    return [(short[n % 7], wide[n % 7]) for n in range(first, first + 7)]


def first_weekday() -> int:
    """0 = Monday ... 6 = Sunday, by the language's custom."""
    return int(locale().first_week_day)


def _unit(count: int, name: str) -> str:
    return units.format_unit(count, name, length="short", locale=locale())


def _local_date(at: datetime | date, zone: str | tzinfo | None) -> date:
    return at.astimezone(zone_of(zone)).date() if isinstance(at, datetime) else at


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day)  # noqa: DTZ001 (a calendar day has no zone)

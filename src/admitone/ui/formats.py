"""Dates, times, numbers and durations for the reader of a page, written by logic/dates.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale, numbers, units
from babel import dates as cldr
from django.utils.translation import get_language, gettext

from admitone.logic import dates
from admitone.logic import money as amounts


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody who reads a page in `language` writes: as in `region`; where that is "", as in the country of `zone`,
    or if they wished another language (`native`, without region), as where that is spoken."""

    language: str
    region: str = ""
    zone: str = ""
    native: str = ""


_reading: ContextVar[Habits | None] = ContextVar("admitone_reading", default=None)


@contextmanager
def reading(habits: Habits) -> Iterator[None]:
    """Write dates and numbers by these habits for as long as their language is the active one."""
    token = _reading.set(habits)
    try:
        yield
    finally:
        _reading.reset(token)


def at_home(zone: str) -> None:
    """Whose region is not known writes as in the country of this zone. Inside `reading` only, else without effect."""
    habits = _reading.get()
    if habits and not habits.zone:
        _reading.set(replace(habits, zone=zone))


def locale() -> Locale:
    """The Babel locale of the reader; outside a page that of the active language."""
    habits, language = _reading.get(), get_language() or "en"
    if habits and habits.language == language:
        abroad = dates.home_region(habits.native, habits.zone) if habits.native else ""
        return dates.reader_locale(language, habits.region or abroad, habits.zone)
    return Locale.parse(language, sep="-")


def zone_of(zone: str | tzinfo | None) -> tzinfo:
    """A tzinfo from an IANA name; UTC for nothing."""
    if isinstance(zone, tzinfo):
        return zone
    return ZoneInfo(zone) if zone else UTC


def clock(at: datetime, zone: str | tzinfo | None) -> str:
    """10:30 AM or 10:30, as the reader writes it."""
    return dates.clock(at.astimezone(zone_of(zone)), locale())


def day(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """Tuesday, December 8, 2026."""
    return dates.long_date(_local_date(at, zone), locale())


def day_short(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """Tue, Dec 8."""
    return dates.short_date(_local_date(at, zone), locale())


def date_short(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """Dec 8, 2026."""
    return dates.plain_date(_local_date(at, zone), locale())


def month(at: datetime | date, zone: str | tzinfo | None = None) -> str:
    """December 2026."""
    return dates.month_name(_local_date(at, zone), locale())


def stamp(at: datetime, zone: str | tzinfo | None) -> str:
    """Dec 8, 2026, 10:30 AM: for tables; `moment` and mails add the weekday."""
    return dates.plain_stamp(at.astimezone(zone_of(zone)), locale())


def moment(at: datetime, zone: str | tzinfo | None) -> str:
    """Tue, Dec 8, 2026, 10:30 AM (Berlin time)."""
    here = at.astimezone(zone_of(zone))
    return f"{dates.stamp(here, locale())} ({place(here, locale())})"


def place(at: datetime, writing: Locale) -> str:
    """Whose clock `at` shows: Berlin time; with its offset in an hour that comes twice."""
    name = str(at.tzinfo)
    if name in ("UTC", "GMT"):
        return name
    told = gettext("%(city)s time") % {"city": dates.city(name, writing)}
    return f"{told}, {dates.offset(at, '-')}" if dates.is_repeated(at) else told


def number(value: float) -> str:
    """1,234 or 1.234."""
    return str(numbers.format_decimal(value, locale=locale()))


def money(minor: int, currency: str) -> str:
    """€1,200 or 1.200 €; `minor` in the currency's smallest unit."""
    return amounts.shown(minor, currency, str(locale()).replace("_", "-"))


def zone_name(zone: str | tzinfo | None, at: datetime) -> str:
    """The zone's name in the reader's language at that instant."""
    return cldr.get_timezone_name(at.astimezone(zone_of(zone)), locale=locale())


def zone_offset(zone: str | tzinfo | None, at: datetime) -> str:
    """GMT+01:00 at that instant."""
    return cldr.get_timezone_gmt(at.astimezone(zone_of(zone)), "long", locale=locale())


def zone_city(zone: str | tzinfo | None) -> str:
    """Berlin, from Europe/Berlin, in the reader's language."""
    return dates.city(str(zone_of(zone)), locale())


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
    return cldr.format_timedelta(delta, add_direction=True, locale=locale())


def weekday_heads(first: int = 0) -> list[tuple[str, str]]:
    """Seven (short, full) weekday names, starting at `first` (0 = Monday)."""
    short = cldr.get_day_names("abbreviated", "stand-alone", locale())
    wide = cldr.get_day_names("wide", "stand-alone", locale())
    return [(short[n % 7], wide[n % 7]) for n in range(first, first + 7)]


def first_weekday() -> int:
    """0 = Monday ... 6 = Sunday, by the language's custom."""
    return int(locale().first_week_day)


def _unit(count: int, name: str) -> str:
    return units.format_unit(count, name, length="short", locale=locale())


def _local_date(at: datetime | date, zone: str | tzinfo | None) -> date:
    return at.astimezone(zone_of(zone)).date() if isinstance(at, datetime) else at

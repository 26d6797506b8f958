"""When an appointment is, in a reader's language and zone. Instants are epoch minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant

from admitone.logic.clock import from_min
from admitone.logic.identity import region_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for: `locale` like pt-br, `zone` an IANA name. Unknown ones become English and UTC."""

    locale: str
    zone: str

    @property
    def language(self) -> str:
        try:
            return get_supported_language_variant(self.locale.lower())
        except LookupError:
            return "en"

    @property
    def tz(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def babel(self) -> Locale:
        """A language without a region is written as in the country of the zone: 14:00 in Berlin, 2:00 PM in New York."""
        base, _, variant = (self.locale if variant_of(self.locale) else self.language).replace("_", "-").partition("-")
        for territory in (variant, region_of(self.zone) or "", "001"):
            try:
                if territory:
                    return Locale.parse(f"{base}_{territory.upper()}", resolve_likely_subtags=False)
            except (UnknownLocaleError, ValueError):
                continue
        return Locale.parse(self.language.partition("-")[0])

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Render in the reader's language."""
        with translation.override(self.language):
            yield


def variant_of(locale: str) -> str:
    """GB of en-GB where the language is one of ours, else ""."""
    base, _, variant = locale.replace("_", "-").partition("-")
    try:
        get_supported_language_variant(base.lower())
    except LookupError:
        return ""
    return variant if len(variant) == 2 else ""


def moment(minute: int, reader: Reader) -> str:
    """Fri, 6 Nov 2026, 14:00."""
    at = from_min(minute).astimezone(reader.tz)
    return f"{date_of(at, reader)}, {clock(at, reader)}"


def span(start: int, end: int, reader: Reader, zone: str = "") -> str:
    """Fri, 6 Nov 2026, 14:00 – 14:30 (Berlin, GMT+1), in another zone if given; a second date is named where it differs."""
    tz = Reader(reader.locale, zone).tz if zone else reader.tz
    first, last = (from_min(minute).astimezone(tz) for minute in (start, end))
    until = clock(last, reader) if last.date() == first.date() else f"{date_of(last, reader)}, {clock(last, reader)}"
    return f"{date_of(first, reader)}, {clock(first, reader)} – {until} ({place(str(tz), first)})"


def both(start: int, end: int, reader: Reader, other_zone: str) -> str:
    """`span`, and on a second line the same in the other party's zone where its clock shows something else."""
    here, there = span(start, end, reader), span(start, end, reader, other_zone)
    at = from_min(start)
    same = at.astimezone(reader.tz).utcoffset() == at.astimezone(Reader("", other_zone).tz).utcoffset()
    return here if same else f"{here}\n{there}"


def date_of(at: datetime, reader: Reader) -> str:
    return format_skeleton("yMMMEd", at.replace(tzinfo=None), locale=reader.babel)


def clock(at: datetime, reader: Reader) -> str:
    # Mail programs show CLDR's narrow no-break space as a box, and headers lose it.
    return format_time(at.time(), "short", locale=reader.babel).replace("\u202f", " ")


def place(zone: str, at: datetime) -> str:
    """Berlin, GMT+1."""
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{city}, {offset(at)}" if city not in ("UTC", "GMT") else city


def offset(at: datetime) -> str:
    """GMT, GMT+1 or GMT+5:30."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"

"""When an appointment is, in a reader's language and zone. Instants are epoch minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant

from admitone.logic import dates
from admitone.logic.clock import from_min
from admitone.ui import formats


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
        return dates.reader_locale(self.locale if variant_of(self.locale) else self.language, zone=self.zone)

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
    return plain(dates.stamp(from_min(minute).astimezone(reader.tz), reader.babel))


def span(start: int, end: int, reader: Reader, zone: str = "") -> str:
    """Fri, 6 Nov 2026, 14:00 – 14:30 (Berlin time), in another zone if given; a second date is named where it differs."""
    tz, writing = Reader(reader.locale, zone).tz if zone else reader.tz, reader.babel
    first, last = (from_min(minute).astimezone(tz) for minute in (start, end))
    write = dates.clock if last.date() == first.date() else dates.stamp
    with reader.speaking():
        place = formats.place(first, writing)
    return plain(f"{dates.stamp(first, writing)} – {write(last, writing)} ({place})")


def until(minute: int, reader: Reader) -> str:
    """Fri, 6 Nov 2026, 14:00 (Berlin time)."""
    with reader.speaking():
        place = formats.place(from_min(minute).astimezone(reader.tz), reader.babel)
    return f"{moment(minute, reader)} ({place})"


def both(start: int, end: int, reader: Reader, other_zone: str) -> str:
    """`span`, and on a second line the same in the other party's zone where its clock shows something else."""
    here, there = span(start, end, reader), span(start, end, reader, other_zone)
    at = from_min(start)
    same = at.astimezone(reader.tz).utcoffset() == at.astimezone(Reader("", other_zone).tz).utcoffset()
    return here if same else f"{here}\n{there}"


def date_of(at: datetime, reader: Reader) -> str:
    return dates.dated(at.date(), reader.babel)


def clock(at: datetime, reader: Reader) -> str:
    return plain(dates.clock(at, reader.babel))


def plain(text: str) -> str:
    # Mail programs show CLDR's narrow no-break space as a box, and headers lose it.
    return text.replace("\u202f", " ")

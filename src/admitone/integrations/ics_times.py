"""Busy times of an iCalendar file (RFC 5545): recurring events with their exceptions, all-day and floating ones."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from admitone.logic.clock import from_min, to_min_ceil, to_min_floor
from admitone.logic.ics import booking_of
from admitone.logic.spans import Span, normalize

MAX_RULES = 5000
#: Each definition of a zone is looked for in the whole file.
MAX_ZONES = 200
#: An event that was left out may still reach into the window by its zone's offset.
MARGIN = timedelta(days=2)

_FLAGS = re.MULTILINE | re.IGNORECASE
_EVENT, _FREEBUSY, _ALARM, _ZONE = (
    re.compile(rf"^(?:(BEGIN)|END):{name}\r?$\n?", _FLAGS) for name in ("VEVENT", "VFREEBUSY", "VALARM", "VTIMEZONE")
)
_ZONE_ID = re.compile(r"^TZID(?:;[^:\n]*)?:([^\r\n]+)", _FLAGS)
_SERIES = re.compile(r"^(?:RRULE|RDATE|EXRULE|RECURRENCE-ID|DURATION)[;:]", _FLAGS)
_BOUNDS = re.compile(r"^(DTSTART|DTEND)(?:;[^:\n]*)?:(\d{8})", _FLAGS)
_RULE = re.compile(r"^RRULE(?:;[^:\n]*)?:([^\r\n]*)", _FLAGS)
_TIME_PARTS = re.compile(r"BY(?:HOUR|MINUTE|SECOND)=([\d,]+)", re.IGNORECASE)
#: Properties without which an event's time is not known: if one cannot be read, the event must not count as free.
_NEEDED = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}


class Unreadable(ValueError):
    """The file is not a calendar, is cut off, or holds an event whose time cannot be known."""


def busy_times(content: bytes, zone: str, first: int, end: int) -> tuple[list[Span], dict[UUID, list[Span]]]:
    """Busy spans that touch [first, end), epoch minutes, rounded outward, disjoint and sorted; Unreadable. Those of events
    that carry a booking's UID (logic.ics.uid) are apart, by the booking's id.

    All-day events are days in `zone`; floating times are read in the file's X-WR-TIMEZONE or else in `zone`.
    Events that are cancelled, transparent or marked free do not count.
    """
    low, high = from_min(first), from_min(end)
    calendar = _parsed(_shortened(_text(content), low, high))
    local = ZoneInfo(zone)
    found: defaultdict[UUID | None, list[Span]] = defaultdict(list)
    for uid, start, stop in _times(calendar, low, high):
        found[booking_of(uid)].append(_minutes(start, stop, local))
    within = {
        key: [span for span in normalize(spans) if span[1] > first and span[0] < end] for key, spans in found.items()
    }
    return within.pop(None, []), {key: spans for key, spans in within.items() if key}


def joined(files: Iterable[str]) -> bytes:
    """Several calendar files as one; each keeps its own definitions of zones. Unreadable."""
    zones: dict[str, None] = {}
    events: list[str] = []
    for file in files:
        text = _own_zones(_text(file.encode()))
        zones |= dict.fromkeys(_all(_ZONE, text))
        if len(zones) > MAX_ZONES:
            raise Unreadable(f"The calendar defines more than {MAX_ZONES} time zones.")
        events += [part.rstrip() + "\n" for part in (*_all(_EVENT, text), *_all(_FREEBUSY, text))]
    inner = "".join(f"{definition.rstrip()}\n" for definition in zones) + "".join(events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//joined\n{inner}END:VCALENDAR\n".encode()


def _text(content: bytes) -> str:
    text = content.decode("utf-8-sig", "replace").lstrip()
    if not text[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise Unreadable("The address does not lead to a calendar file.")
    if not text.rstrip().upper().endswith("END:VCALENDAR"):
        raise Unreadable("The calendar file is cut off.")
    return text


def _shortened(text: str, low: datetime, high: datetime) -> str:
    """The file without single events far outside of the window: most of a large file, at a tenth of parsing it."""
    first, last = f"{low - MARGIN:%Y%m%d}", f"{high + MARGIN:%Y%m%d}"

    def keep(event: str) -> str:
        body = _replaced(_ALARM, event, lambda _alarm: "")
        if _SERIES.search(body):
            return body
        bounds = {name.upper(): day for name, day in _BOUNDS.findall(body)}
        start = bounds.get("DTSTART", last)
        outside = start > last or bounds.get("DTEND", start) < first
        return "" if outside else body

    short = _replaced(_EVENT, text, keep)
    _check_rules(short)
    return _own_zones(short)


def _parts(marks: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where each component begins and ends; in one pass, however many begin and never end."""
    start = None
    for found in marks.finditer(text):
        if found[1] is None and start is not None:
            yield start, found.end()
            start = None
        elif found[1] and start is None:
            start = found.start()


def _all(marks: re.Pattern[str], text: str) -> list[str]:
    return [text[start:end] for start, end in _parts(marks, text)]


def _replaced(marks: re.Pattern[str], text: str, by: Callable[[str], str]) -> str:
    kept, last = [], 0
    for start, end in _parts(marks, text):
        kept += [text[last:start], by(text[start:end])]
        last = end
    return "".join([*kept, text[last:]])


def _check_rules(text: str) -> None:
    """Refuse rules that would unfold into millions of times."""
    rules = _RULE.findall(text)
    if len(rules) > MAX_RULES:
        raise Unreadable(f"The calendar holds more than {MAX_RULES} recurring events.")
    for rule in rules:
        times = 1
        for values in _TIME_PARTS.findall(rule):
            times *= len(values.split(","))
        if times > 48 or re.search(r"FREQ=(SECONDLY|MINUTELY)", rule, re.IGNORECASE):
            raise Unreadable("An event in the calendar repeats too often.")


def _own_zones(text: str) -> str:
    """Name each zone that the file defines itself after its definition.

    The parser remembers definitions by name for the whole process, and two files may call different zones the same
    ("Customized Time Zone").
    """
    definitions = list(dict.fromkeys(_all(_ZONE, text)))
    if len(definitions) > MAX_ZONES:
        raise Unreadable(f"The calendar defines more than {MAX_ZONES} time zones.")
    for definition in definitions:
        found = _ZONE_ID.search(definition)
        if found and not _is_known(found[1].strip()):
            name = found[1].strip()
            own = f"{name} {hashlib.sha256(definition.encode()).hexdigest()[:12]}"
            text = re.sub(rf'(TZID[=:])("?){re.escape(name)}("?)(?=[\r\n:;])', rf"\g<1>\g<2>{_literal(own)}\g<3>", text)
    return text


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")


def _is_known(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return False


def _parsed(text: str) -> Calendar:
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Unreadable("The calendar file is damaged.") from error
    if not isinstance(calendar, Calendar):
        raise Unreadable("The address does not lead to a calendar file.")
    for event in calendar.walk("VEVENT"):
        broken = {str(name).upper() for name, _ in event.errors} & _NEEDED
        if broken or "DTSTART" not in event:
            raise Unreadable("The calendar holds an event whose time cannot be read.")
    return calendar


def _times(calendar: Calendar, low: datetime, high: datetime) -> Iterator[tuple[str, date, date]]:
    # Both sides wider: days and floating times are compared without their zone.
    for event in recurring_ical_events.of(calendar).between(low - MARGIN, high + MARGIN):
        if _blocks(event):
            yield str(event.get("UID", "")), event["DTSTART"].dt, event["DTEND"].dt
    for freebusy in calendar.walk("VFREEBUSY"):
        yield from (("", start, stop) for start, stop in _periods(freebusy))


def _blocks(event: Component) -> bool:
    free = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    transparent = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    return not free and not transparent and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _periods(freebusy: Component) -> Iterator[tuple[date, date]]:
    found: Any = freebusy.get("FREEBUSY", [])
    for period in found if isinstance(found, list) else [found]:
        if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
            start, stop = period.dt
            yield start, start + stop if isinstance(stop, timedelta) else stop


def _minutes(start: date, stop: date, zone: ZoneInfo) -> Span:
    """Epoch minutes of two dates or times, rounded outward; in a repeated hour the longer reading counts."""
    begin, finish = _instant(start, zone, 0), _instant(stop, zone, 1)
    return (to_min_floor(begin), to_min_ceil(finish)) if begin < finish else (0, 0)


def _instant(value: date, zone: ZoneInfo, fold: int) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone, fold=fold)
    return value.astimezone(UTC)

"""Reading a calendar of many files against an oracle that knows when each event is, and one of ten thousand events."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from caldav.response import DAVResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from admitone.calendars.busy import JOB_LIMIT
from admitone.integrations.ics_times import MAX_ZONES, Unreadable, busy_times, joined
from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.spans import Span, normalize

FIRST_DAY = date(2026, 10, 1)  # both clock changes of the year in Berlin and New York lie near
WINDOW = (to_min_floor(datetime(2026, 10, 10, tzinfo=UTC)), to_min_floor(datetime(2026, 12, 10, tzinfo=UTC)))
HOST = "Europe/Berlin"
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")


@dataclass(frozen=True)
class Case:
    """One file, and the spans it blocks, in UTC minutes."""

    text: str
    spans: tuple[Span, ...]


def minutes(start: datetime, end: datetime) -> Span:
    return to_min_floor(start.astimezone(UTC)), to_min_ceil(end.astimezone(UTC))


def file(uid: int, *events: list[str], zone: str = "") -> str:
    body = "".join(
        "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT", ""])
        for lines in events
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//oracle\r\n{zone}{body}END:VCALENDAR\r\n"


def definition(hours: int) -> str:
    """A zone of the file's own; every file gives it the same name."""
    offset = f"{'+' if hours >= 0 else '-'}{abs(hours):02d}00"
    lines = ["BEGIN:VTIMEZONE", "TZID:Customized", "BEGIN:STANDARD", "DTSTART:19700101T000000"]
    lines += [f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE", ""]
    return "\r\n".join(lines)


days = st.integers(0, 75).map(lambda n: FIRST_DAY + timedelta(days=n))
#: Wall clocks that exist and are not repeated in any zone used here.
clocks = st.tuples(days, st.integers(4, 22), st.sampled_from([0, 15, 30, 59]))
lengths = st.integers(1, 300)
marks = st.sampled_from(["", "", "", "TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
uids = st.integers(1, 10**9)


def wall(clock: tuple[date, int, int]) -> datetime:
    day, hour, minute = clock
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - the clock of no zone in particular


def text_of(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}"


@st.composite
def single(draw: st.DrawFn) -> Case:
    """In UTC, in a named zone, in one of the file's own, or on the host's clock."""
    start, mark = wall(draw(clocks)), draw(marks)
    end = start + timedelta(minutes=draw(lengths))
    sort, hours = draw(st.sampled_from(["utc", "own", "floating", *ZONES])), draw(st.integers(-11, 12))
    head = definition(hours) if sort == "own" else ""
    if sort == "utc":
        lines = [f"DTSTART:{text_of(start)}Z", f"DTEND:{text_of(end)}Z"]
        span = minutes(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    elif sort == "own":
        lines = [f"DTSTART;TZID=Customized:{text_of(start)}", f"DTEND;TZID=Customized:{text_of(end)}"]
        shift = timedelta(hours=hours)
        span = minutes((start - shift).replace(tzinfo=UTC), (end - shift).replace(tzinfo=UTC))
    else:
        zone = HOST if sort == "floating" else sort
        name = "" if sort == "floating" else f";TZID={sort}"
        lines = [f"DTSTART{name}:{text_of(start)}", f"DTEND{name}:{text_of(end)}"]
        span = minutes(start.replace(tzinfo=ZoneInfo(zone)), end.replace(tzinfo=ZoneInfo(zone)))
    return Case(file(draw(uids), [*lines, *filter(None, [mark])], zone=head), () if mark else (span,))


@st.composite
def whole_days(draw: st.DrawFn) -> Case:
    first, mark = draw(days), draw(marks)
    last = first + timedelta(days=draw(st.integers(1, 4)))
    lines = [f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}", *filter(None, [mark])]
    zone = ZoneInfo(HOST)
    midnights = [datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, last)]
    return Case(file(draw(uids), lines), () if mark else (minutes(*midnights),))


@st.composite
def series(draw: st.DrawFn) -> Case:
    """Daily on a wall clock, some days left out, one moved to another time, one cancelled."""
    start, zone = wall(draw(clocks)), draw(st.sampled_from(ZONES))
    count, length = draw(st.integers(2, 30)), timedelta(minutes=draw(lengths))
    numbers = st.integers(0, count - 1)
    out, moved, off = draw(st.sets(numbers, max_size=3)), draw(numbers), draw(numbers)
    shift = timedelta(minutes=draw(st.integers(-180, 180)))
    at = [start + timedelta(days=n) for n in range(count)]
    main = [f"DTSTART;TZID={zone}:{text_of(start)}", f"DTEND;TZID={zone}:{text_of(start + length)}"]
    main += [f"RRULE:FREQ=DAILY;COUNT={count}", *(f"EXDATE;TZID={zone}:{text_of(at[n])}" for n in sorted(out))]
    others, special = [], {n for n in (moved, off) if n not in out}
    spans = [minutes(*(one.replace(tzinfo=ZoneInfo(zone)) for one in (at[n], at[n] + length))) for n in range(count) if n not in out | special]  # fmt: skip
    for n in special:
        key = f"RECURRENCE-ID;TZID={zone}:{text_of(at[n])}"
        begin = at[n] if n == off else at[n] + shift
        lines = [key, f"DTSTART;TZID={zone}:{text_of(begin)}", f"DTEND;TZID={zone}:{text_of(begin + length)}"]
        if n == off:
            lines.append("STATUS:CANCELLED")
        else:
            spans.append(minutes(*(one.replace(tzinfo=ZoneInfo(zone)) for one in (begin, begin + length))))
        others.append(lines)
    return Case(file(draw(uids), main, *others), tuple(spans))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(single(), whole_days(), series()), max_size=8, unique_by=lambda case: case.text.split("UID:")[1].split("\r")[0]))  # fmt: skip
def test_many_files_block_exactly_what_their_events_cover(cases: list[Case]) -> None:
    first, end = WINDOW
    others, ours = busy_times(joined(case.text for case in cases), HOST, first, end)
    wanted = normalize([span for case in cases for span in case.spans])
    assert (others, ours) == ([span for span in wanted if span[1] > first and span[0] < end], {})


def test_a_calendar_of_ten_thousand_events_is_read_within_its_limit() -> None:
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    rows = []
    for n in range(10_000):
        start = begin + timedelta(minutes=45 * n)
        lines = [f"DTSTART:{text_of(start)}Z", f"DTEND:{text_of(start + timedelta(minutes=30))}Z", "SUMMARY:Busy"]
        text = file(n, lines, zone=definition(2))
        rows.append(
            f"<D:response><D:href>/c/{n}.ics</D:href><D:propstat><D:prop><D:getetag>{n}</D:getetag>"
            f"<C:calendar-data>{text}</C:calendar-data></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        )
    head = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
    body = f"{head}{''.join(rows)}</D:multistatus>".encode()
    began = time.process_time()
    found = DAVResponse.from_bytes(body, 207).parse_calendar_query()
    first = to_min_floor(begin)
    spans, _ours = busy_times(joined(row.calendar_data or "" for row in found), HOST, first, first + 400 * 1440)
    assert (len(spans), time.process_time() - began < JOB_LIMIT) == (10_000, True)


def test_too_many_zones_are_refused() -> None:
    text = "".join(definition(n % 12).replace("Customized", f"Zone {n}") for n in range(MAX_ZONES + 1))
    with pytest.raises(Unreadable):
        joined([file(1, zone=text)])
    with pytest.raises(Unreadable):
        joined(file(n, zone=definition(n % 12).replace("Customized", f"Zone {n}")) for n in range(MAX_ZONES + 1))

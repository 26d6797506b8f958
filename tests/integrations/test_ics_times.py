"""iCalendar files become busy minutes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from admitone.integrations.ics_times import Unreadable, busy_times, joined
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.spans import Span, normalize

FIRST = to_min_floor(datetime(2026, 11, 1, tzinfo=UTC))
END = to_min_floor(datetime(2027, 12, 1, tzinfo=UTC))
BERLIN = "Europe/Berlin"


def file(*events: str, head: str = "") -> bytes:
    body = "\n".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT" for n, event in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test\n{head}{body}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def busy_spans(content: bytes, zone: str, first: int, end: int) -> list[Span]:
    others, ours = busy_times(content, zone, first, end)
    return normalize([*others, *(span for spans in ours.values() for span in spans)])


def shown(content: bytes, zone: str = BERLIN, first: int = FIRST, end: int = END) -> list[str]:
    spans = busy_spans(content, zone, first, end)
    return [f"{from_min(a):%m-%d %H:%M} {from_min(b):%m-%d %H:%M}" for a, b in spans]


def test_a_utc_event_blocks_its_minutes_rounded_outward() -> None:
    assert shown(file("DTSTART:20261102T090030Z\nDTEND:20261102T093001Z")) == ["11-02 09:00 11-02 09:31"]


def test_an_event_with_a_duration_blocks_it() -> None:
    assert shown(file("DTSTART:20261102T090000Z\nDURATION:PT45M")) == ["11-02 09:00 11-02 09:45"]


def test_an_event_without_length_blocks_nothing() -> None:
    assert shown(file("DTSTART:20261102T090000Z", "DTSTART:20261102T100000Z\nDTEND:20261102T100000Z")) == []


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", "11-09 23:00 11-10 23:00"),
        ("America/New_York", "11-10 05:00 11-11 05:00"),
        ("UTC", "11-10 00:00 11-11 00:00"),
    ],
)
def test_an_all_day_event_is_a_day_of_the_hosts_zone(zone: str, expected: str) -> None:
    assert shown(file("DTSTART;VALUE=DATE:20261110\nDTEND;VALUE=DATE:20261111"), zone) == [expected]


def test_an_all_day_event_without_end_is_one_day() -> None:
    assert shown(file("DTSTART;VALUE=DATE:20261110"), "UTC") == ["11-10 00:00 11-11 00:00"]


def test_a_floating_time_is_read_on_the_hosts_clock() -> None:
    assert shown(file("DTSTART:20261102T090000\nDTEND:20261102T100000")) == ["11-02 08:00 11-02 09:00"]


def test_a_floating_time_is_read_in_the_files_own_zone_if_it_names_one() -> None:
    content = file("DTSTART:20261102T090000\nDTEND:20261102T100000", head="X-WR-TIMEZONE:America/New_York\n")
    assert shown(content) == ["11-02 14:00 11-02 15:00"]


def test_a_weekly_event_of_a_named_zone_keeps_its_wall_clock_over_a_clock_change() -> None:
    event = "DTSTART;TZID=Europe/Berlin:20270323T090000\nDTEND;TZID=Europe/Berlin:20270323T100000\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert shown(file(event)) == ["03-23 08:00 03-23 09:00", "03-30 07:00 03-30 08:00"]


def test_a_series_that_began_years_ago_is_unfolded_in_the_window_only() -> None:
    event = "DTSTART:20150105T090000Z\nDTEND:20150105T093000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO"
    assert shown(file(event), end=FIRST + 15 * 1440) == ["11-02 09:00 11-02 09:30", "11-09 09:00 11-09 09:30"]


def test_a_series_loses_its_excluded_and_moves_its_changed_times() -> None:
    series = "DTSTART:20261102T090000Z\nDTEND:20261102T093000Z\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20261103T090000Z"
    moved = "DTSTART:20261104T150000Z\nDTEND:20261104T160000Z\nRECURRENCE-ID:20261104T090000Z"
    content = file(series, moved).replace(b"UID:1", b"UID:0")
    assert shown(content) == ["11-02 09:00 11-02 09:30", "11-04 15:00 11-04 16:00", "11-05 09:00 11-05 09:30"]


def test_one_cancelled_time_of_a_series_is_free() -> None:
    series = "DTSTART:20261102T090000Z\nDTEND:20261102T093000Z\nRRULE:FREQ=DAILY;COUNT=2"
    cancelled = "DTSTART:20261103T090000Z\nDTEND:20261103T093000Z\nRECURRENCE-ID:20261103T090000Z\nSTATUS:CANCELLED"
    assert shown(file(series, cancelled).replace(b"UID:1", b"UID:0")) == ["11-02 09:00 11-02 09:30"]


@pytest.mark.parametrize("mark", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_an_event_that_does_not_block_is_ignored(mark: str) -> None:
    assert shown(file(f"DTSTART:20261102T090000Z\nDTEND:20261102T100000Z\n{mark}")) == []


def test_a_tentative_event_blocks() -> None:
    assert shown(file("DTSTART:20261102T090000Z\nDTEND:20261102T100000Z\nSTATUS:TENTATIVE")) == [
        "11-02 09:00 11-02 10:00"
    ]


def zone_definition(offset: str) -> str:
    return (
        "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE\n"
    )


def test_zones_that_files_define_under_the_same_name_do_not_mix() -> None:
    event = "DTSTART;TZID=Customized Time Zone:20261102T090000\nDTEND;TZID=Customized Time Zone:20261102T100000"
    assert shown(file(event, head=zone_definition("+0200"))) == ["11-02 07:00 11-02 08:00"]
    assert shown(file(event, head=zone_definition("-0500"))) == ["11-02 14:00 11-02 15:00"]


def test_a_windows_zone_name_without_definition_is_understood() -> None:
    event = "DTSTART;TZID=Pacific Standard Time:20261102T090000\nDTEND;TZID=Pacific Standard Time:20261102T100000"
    assert shown(file(event)) == ["11-02 17:00 11-02 18:00"]


def test_free_busy_periods_block() -> None:
    head = "BEGIN:VFREEBUSY\nUID:x\nDTSTAMP:20260101T000000Z\nFREEBUSY:20261102T090000Z/PT1H,20261102T120000Z/20261102T123000Z\nEND:VFREEBUSY\n"
    content = b"\r\n".join(line for line in file(head=head).split(b"\r\n") if line)
    assert shown(content) == ["11-02 09:00 11-02 10:00", "11-02 12:00 11-02 12:30"]


def test_an_event_that_only_reaches_into_the_window_blocks() -> None:
    assert shown(file("DTSTART:20261030T090000Z\nDTEND:20261102T100000Z")) == ["10-30 09:00 11-02 10:00"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><title>Sign in</title>",
        file("DTSTART:20261102T090000Z")[:-16],
        file("DTSTART:not a time\nDTEND:20261102T100000Z"),
        file("SUMMARY:no start"),
        file("DTSTART:20261102T090000Z\nDTEND:20261102T100000Z\nRRULE:FREQ=SOMETIMES"),
        file("DTSTART:20261102T090000Z\nDTEND:20261102T090001Z\nRRULE:FREQ=SECONDLY"),
        file(
            "DTSTART:20261102T090000Z\nDTEND:20261102T090001Z\nRRULE:FREQ=HOURLY;BYMINUTE="
            + ",".join(map(str, range(60)))
        ),
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error_and_never_free(content: bytes) -> None:
    with pytest.raises(Unreadable):
        busy_spans(content, BERLIN, FIRST, END)


def test_ten_thousand_events_are_read_in_reasonable_time() -> None:
    began = datetime(2018, 1, 1, 8, tzinfo=UTC)
    times = [began + timedelta(hours=8 * n) for n in range(9_800)]
    single = [f"DTSTART:{at:%Y%m%dT%H%M%SZ}\nDTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}\nSUMMARY:x" for at in times]
    weekly = [f"DTSTART:202001{1 + n % 28:02}T{n % 24:02}0000Z\nDURATION:PT30M\nRRULE:FREQ=WEEKLY" for n in range(200)]
    content = file(*single, *weekly)
    started = time.perf_counter()
    spans = busy_spans(content, BERLIN, FIRST, END)
    assert time.perf_counter() - started < 20
    assert len(spans) > 200


@pytest.mark.parametrize("name", ["VEVENT", "VALARM", "VTIMEZONE", "VFREEBUSY"])
def test_components_that_never_end_are_refused_in_reasonable_time(name: str) -> None:
    """A search from each beginning to the end of the file would take minutes, and hours for five megabytes."""
    endless = f"BEGIN:VEVENT\nEND:{name}\n" + f"BEGIN:{name}\n" * 60_000
    began = time.monotonic()
    joined([f"BEGIN:VCALENDAR\n{endless}END:VCALENDAR"])
    with pytest.raises(Unreadable):
        busy_spans(f"BEGIN:VCALENDAR\n{endless}END:VCALENDAR".encode(), BERLIN, FIRST, END)
    assert time.monotonic() - began < 15

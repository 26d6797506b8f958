"""Host wall clocks: skipped minutes, repeated hours, skipped dates, joins across midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.logic import oracle
from tests.logic.strategies import PIVOTS, bounded, schedules, utc_minute

from admitone.logic.availability import Override, Schedule, Window, local_date, open_spans, zone
from admitone.logic.clock import from_min, iso, to_min_floor

EVERY_DAY = tuple(range(7))


def shown(schedule: Schedule, first: date, last: date) -> list[tuple[str, str]]:
    return [(iso(from_min(start)), iso(from_min(end))) for start, end in open_spans(schedule, first, last)]


def test_skipped_hour_in_spring_is_not_open() -> None:
    schedule = Schedule("Europe/Berlin", (Window(EVERY_DAY, 60, 240),))
    assert shown(schedule, date(2026, 3, 29), date(2026, 3, 29)) == [("2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z")]


def test_window_wholly_inside_the_skipped_hour_is_not_open() -> None:
    assert open_spans(Schedule("Europe/Berlin", (Window((6,), 120, 180),)), date(2026, 3, 29), date(2026, 3, 29)) == []


def test_repeated_hour_in_autumn_is_open_twice() -> None:
    schedule = Schedule("Europe/Berlin", (Window(EVERY_DAY, 150, 165),))
    assert shown(schedule, date(2026, 10, 25), date(2026, 10, 25)) == [
        ("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z"),
        ("2026-10-25T01:30:00Z", "2026-10-25T01:45:00Z"),
    ]


def test_half_hour_change_of_lord_howe_repeats_half_an_hour() -> None:
    schedule = Schedule("Australia/Lord_Howe", (Window(EVERY_DAY, 90, 120),))
    assert shown(schedule, date(2026, 4, 5), date(2026, 4, 5)) == [("2026-04-04T14:30:00Z", "2026-04-04T15:30:00Z")]


def test_date_that_apia_skipped_is_empty_and_its_neighbours_join() -> None:
    schedule = Schedule("Pacific/Apia", (Window(EVERY_DAY, 0, 1440),))
    assert open_spans(schedule, date(2011, 12, 30), date(2011, 12, 30)) == []
    assert shown(schedule, date(2011, 12, 29), date(2011, 12, 31)) == [("2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z")]


def test_date_interrupted_by_a_change_just_after_midnight_is_two_spans() -> None:
    schedule = Schedule("America/St_Johns", (Window((6,), 0, 1440),))
    assert shown(schedule, date(2010, 11, 7), date(2010, 11, 7)) == [
        ("2010-11-07T02:30:00Z", "2010-11-07T02:31:00Z"),
        ("2010-11-07T03:30:00Z", "2010-11-08T03:30:00Z"),
    ]


def test_windows_that_meet_at_midnight_are_one_span() -> None:
    schedule = Schedule("UTC", (Window((0,), 1380, 1440), Window((1,), 0, 30)))
    assert shown(schedule, date(2026, 6, 8), date(2026, 6, 9)) == [("2026-06-08T23:00:00Z", "2026-06-09T00:30:00Z")]


def test_override_replaces_the_hours_of_its_date_and_an_empty_one_closes_it() -> None:
    overrides = (Override(date(2026, 6, 8), ((600, 660),)), Override(date(2026, 6, 9), ()))
    schedule = Schedule("UTC", (Window(EVERY_DAY, 0, 60),), overrides)
    assert shown(schedule, date(2026, 6, 8), date(2026, 6, 10)) == [
        ("2026-06-08T10:00:00Z", "2026-06-08T11:00:00Z"),
        ("2026-06-10T00:00:00Z", "2026-06-10T01:00:00Z"),
    ]


def test_offset_with_seconds_opens_the_minutes_the_wall_clock_shows() -> None:
    schedule = Schedule("Africa/Monrovia", (Window(EVERY_DAY, 600, 660),))  # -00:44:30 until 1972
    start, end = open_spans(schedule, date(1971, 6, 1), date(1971, 6, 1))[0]
    assert (oracle.wall("Africa/Monrovia", start)[1], oracle.wall("Africa/Monrovia", start - 1)[1]) == (600, 599)
    assert end - start == 60


@pytest.mark.parametrize("name", ["", "Mars/Base", "America", "../etc/passwd", "Europe/Berlin\x00", "ü"])
def test_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        zone(name)


def test_local_date_is_that_of_the_wall_clock() -> None:
    assert local_date("Pacific/Apia", to_min_floor(datetime(2026, 6, 1, 11, tzinfo=UTC))) == date(2026, 6, 2)


@bounded(60)
@given(st.data())
def test_open_minutes_agree_with_the_wall_clock_minute_by_minute(data: st.DataObject) -> None:
    pivot = data.draw(st.sampled_from(PIVOTS))
    schedule = data.draw(schedules(pivot))
    first, last = pivot[1] - timedelta(days=1), pivot[1] + timedelta(days=1)
    around = range(utc_minute(first) - 1000, utc_minute(last) + 2500)
    dates = [oracle.wall(schedule.timezone, minute)[0] for minute in around]
    expected = [
        minute
        for minute, day in zip(around, dates, strict=True)
        if first <= day <= last and oracle.is_open(schedule, minute)
    ]
    assert [minute for start, end in open_spans(schedule, first, last) for minute in range(start, end)] == expected

"""Times as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic import hours
from admitone.logic.errors import Problem


@pytest.mark.parametrize(
    ("raw", "minute"),
    [
        ("09:00", 540), ("9", 540), ("9am", 540), ("9 AM", 540), ("9 p.m.", 1260), ("12am", 0), ("12pm", 720), ("12:30a", 30),
        ("17.30", 1050), ("17h30", 1050), ("1730", 1050), ("930", 570), ("24:00", 1440), ("24", 1440), (" 0:00 ", 0),
    ],
)  # fmt: skip
def test_a_time_is_read(raw: str, minute: int) -> None:
    assert hours.parse_time(raw) == minute


@pytest.mark.parametrize(
    "raw", ["", "noon", "9:60", "24:01", "25", "13pm", "0am", "9:5", "-1", "9:00:00", "٩", "9" * 500]
)
def test_what_is_no_time_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        hours.parse_time(raw)


@given(st.integers(0, 1440))
def test_a_shown_time_is_read_back(minute: int) -> None:
    assert hours.parse_time(hours.show_time(minute)) == minute


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_sentence(raw: str) -> None:
    try:
        assert 0 <= hours.parse_time(raw) <= 1440
        hours.parse_windows(raw)
    except ValueError as error:
        assert str(error).endswith(".")


def test_windows_that_overlap_or_touch_are_joined() -> None:
    assert hours.join([(780, 1020), (540, 720), (700, 790), (1020, 1080)]) == [(540, 1080)]


def test_a_window_to_midnight_may_end_at_0_or_24() -> None:
    assert hours.parse_window("20", "0:00") == hours.parse_window("8pm", "24:00") == (1200, 1440)


def test_a_line_of_windows_is_read_and_shown() -> None:
    found = hours.parse_windows("13:00–17.30; 9 to 12")
    assert (found, hours.show_windows(found)) == ([(540, 720), (780, 1050)], "09:00-12:00, 13:00-17:30")
    assert hours.parse_windows("  ") == []


@pytest.mark.parametrize("raw", ["9", "9-", "12-9", "9-12-13", "9-25"])
def test_a_bad_line_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        hours.parse_windows(raw)


def test_a_week_names_the_day_at_fault() -> None:
    with pytest.raises(Problem) as refused:
        hours.clean_week({0: [(540, 720)], 1: [(700, 600)], 9: [(0, 60)]})
    assert sorted(refused.value.fields) == ["day-1", "day-9"]


@pytest.mark.parametrize("raw", ["9999-01-01", "1999-12-31", "2026-02-30", "soon", "", 5])
def test_a_bad_date_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="date"):
        hours.clean_date(raw)


def test_a_date_is_read() -> None:
    assert hours.clean_date(" 2026-12-24 ") == date(2026, 12, 24)

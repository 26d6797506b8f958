"""The drawn calendar: overlaps side by side, and days of 23 and 25 hours on one axis."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.agenda import DayRows, axis_of, columns, day_span, hours_shown, readings
from admitone.logic.clock import to_min_floor

BERLIN = "Europe/Berlin"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
SPANS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda one: (one[0], one[0] + one[1])), max_size=20
)


def minute(*at: int) -> int:
    """An epoch minute from year, month, day, hour, minute in UTC."""
    return to_min_floor(datetime(*at, tzinfo=UTC))  # type: ignore[misc, arg-type]


def test_overlapping_spans_stand_side_by_side_and_touching_ones_do_not() -> None:
    assert columns([]) == []
    assert columns([(0, 30), (30, 60)]) == [(0, 1), (0, 1)]
    assert columns([(0, 30), (15, 45), (30, 60), (60, 90)]) == [(0, 2), (1, 2), (0, 2), (0, 1)]
    assert columns([(0, 10), (0, 60), (10, 20)]) == [(1, 2), (0, 2), (1, 2)]


@given(SPANS)
def test_no_two_spans_of_one_column_overlap_and_all_that_overlap_share_their_width(
    spans: list[tuple[int, int]],
) -> None:
    placed = columns(spans)
    for at, (start, end) in enumerate(spans):
        column, of = placed[at]
        assert 0 <= column < of <= len(spans)
        for other in range(at):
            if spans[other][0] < end and start < spans[other][1]:
                assert placed[other][0] != column
                assert placed[other][1] == of


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 7, 1), 24)])
def test_day_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    first, end = day_span(day, BERLIN)
    assert end - first == hours * 60
    assert len(readings(day, BERLIN)) == hours * 4
    axis = axis_of([day], BERLIN)
    assert axis.rows == hours * 12
    assert DayRows(day, axis).gaps() == []


def test_day_that_begins_after_a_skipped_midnight_is_23_hours_long() -> None:
    first, end = day_span(date(2026, 9, 6), "America/Santiago")
    assert (first, end - first) == (minute(2026, 9, 6, 4, 0), 23 * 60)
    assert readings(date(2026, 9, 6), "America/Santiago")[0] == (60, 0)


def test_hour_that_comes_twice_is_twice_on_the_axis_and_a_gap_on_other_days() -> None:
    week = [AUTUMN - timedelta(days=n) for n in range(6, -1, -1)]
    axis = axis_of(week, BERLIN)
    assert [hour for hour, _ in axis.hours()][:5] == [0, 1, 2, 2, 3]
    assert DayRows(week[0], axis).gaps() == [(37, 49)]
    sunday = DayRows(AUTUMN, axis)
    assert sunday.gaps() == []
    first, second = minute(2026, 10, 25, 0, 30), minute(2026, 10, 25, 1, 30)  # 02:30 in summer, then in winter
    assert sunday.rows(first, first + 30) == (31, 37)
    assert sunday.rows(second, second + 30) == (43, 49)
    saturday = DayRows(week[5], axis)
    assert saturday.rows(minute(2026, 10, 24, 1, 0), minute(2026, 10, 24, 1, 30)) == (49, 55)  # 03:00


def test_hour_that_is_skipped_is_a_gap_of_its_day_alone() -> None:
    week = [SPRING - timedelta(days=n) for n in range(6, -1, -1)]
    axis = axis_of(week, BERLIN)
    assert axis.rows == 24 * 12
    assert [DayRows(day, axis).gaps() for day in week] == [[]] * 6 + [[(25, 37)]]
    assert DayRows(SPRING, axis).rows(minute(2026, 3, 29, 1, 0), minute(2026, 3, 29, 2, 0)) == (
        37,
        49,
    )  # 03:00 to 04:00


def test_half_an_hour_of_change_fits_too() -> None:
    day = date(2026, 4, 5)
    assert day_span(day, "Australia/Lord_Howe")[1] - day_span(day, "Australia/Lord_Howe")[0] == 24 * 60 + 30
    assert axis_of([day], "Australia/Lord_Howe").rows == 24 * 12 + 6


def test_rows_are_of_five_minutes_and_cut_at_the_day_and_the_axis() -> None:
    day = date(2026, 7, 1)
    rows = DayRows(day, axis_of([day], "UTC", 8, 18))
    assert rows.rows(minute(2026, 7, 1, 8, 0), minute(2026, 7, 1, 8, 30)) == (1, 7)
    assert rows.rows(minute(2026, 7, 1, 9, 10), minute(2026, 7, 1, 9, 25)) == (15, 18)
    assert rows.rows(minute(2026, 7, 1, 9, 12), minute(2026, 7, 1, 9, 13)) == (15, 16)
    assert rows.rows(minute(2026, 6, 30, 23, 0), minute(2026, 7, 2, 1, 0)) == (1, 121)
    assert rows.rows(minute(2026, 7, 1, 17, 30), minute(2026, 7, 1, 19, 0)) == (115, 121)
    assert rows.rows(minute(2026, 7, 1, 19, 0), minute(2026, 7, 1, 20, 0)) is None
    assert rows.rows(minute(2026, 7, 2, 9, 0), minute(2026, 7, 2, 10, 0)) is None
    assert rows.halves()[:2] == [(minute(2026, 7, 1, 8, 0), 1), (minute(2026, 7, 1, 8, 30), 7)]


@given(st.sampled_from([SPRING, AUTUMN, date(2026, 7, 1)]), st.integers(0, 1400), st.integers(1, 300))
def test_whatever_lies_in_a_day_has_rows_on_its_axis(day: date, offset: int, length: int) -> None:
    axis = axis_of([day], BERLIN)
    rows = DayRows(day, axis)
    found = rows.rows(rows.first + offset, rows.first + offset + length)
    if offset >= rows.end - rows.first:
        assert found is None
    else:
        assert found
        assert 1 <= found[0] < found[1] <= axis.rows + 1
        assert found[0] == offset // 5 + 1


def test_hours_shown_grow_with_what_is_booked_early_and_late() -> None:
    days = [day_span(date(2026, 7, 1), "UTC"), day_span(date(2026, 7, 2), "UTC")]
    assert hours_shown(days, [], "UTC") == (8, 18)
    early = (minute(2026, 7, 1, 6, 30), minute(2026, 7, 1, 7, 0))
    late = (minute(2026, 7, 2, 21, 0), minute(2026, 7, 2, 22, 0))
    assert hours_shown(days, [early, late], "UTC") == (6, 22)
    assert hours_shown(days, [(minute(2026, 7, 1, 23, 0), minute(2026, 7, 2, 1, 0))], "UTC") == (0, 24)
    assert hours_shown(days, [(minute(2026, 7, 9, 1, 0), minute(2026, 7, 9, 2, 0))], "UTC") == (8, 18)

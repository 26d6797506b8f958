"""Dates of a series: the same time on the clock, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.series import EVERY, Repeat, clean_repeat, occurrences

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC")
MINUTES = st.integers(28_000_000, 36_000_000)  # 2023 to 2038


def local(text: str, zone: str, fold: int = 0) -> int:
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return to_min_floor(at.astimezone(UTC))


def shown(starts: list[int], zone: str) -> list[str]:
    return [from_min(start).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for start in starts]


def dates_of(first: str, every: str, count: int, zone: str = "Europe/Berlin") -> list[str]:
    return shown(occurrences(local(first, zone), zone, Repeat(every, count)), zone)


def test_weekly_keeps_the_time_on_the_clock_across_the_change_of_clocks():
    assert dates_of("2026-10-20 10:00", "week", 3) == ["2026-10-20 10:00", "2026-10-27 10:00", "2026-11-03 10:00"]


def test_every_two_weeks_is_a_fortnight():
    assert dates_of("2026-12-22 09:30", "two_weeks", 3) == ["2026-12-22 09:30", "2027-01-05 09:30", "2027-01-19 09:30"]


def test_monthly_is_the_same_weekday_of_the_month():
    found = dates_of("2026-11-10 10:00", "month", 4)
    assert found == ["2026-11-10 10:00", "2026-12-08 10:00", "2027-01-12 10:00", "2027-02-09 10:00"]


def test_fifth_weekday_is_the_last_one_of_months_with_four():
    found = dates_of("2026-12-29 10:00", "month", 4)
    assert found == ["2026-12-29 10:00", "2027-01-26 10:00", "2027-02-23 10:00", "2027-03-30 10:00"]


def test_time_that_a_change_of_clocks_skips_is_an_hour_later():
    assert dates_of("2027-03-21 02:30", "week", 3)[1:] == ["2027-03-28 03:30", "2027-04-04 02:30"]


@pytest.mark.parametrize("fold", [0, 1])
def test_repeated_hour_stays_the_one_that_was_chosen(fold):
    first = local("2026-10-25 02:30", "Europe/Berlin", fold)
    assert occurrences(first, "Europe/Berlin", Repeat("week", 2))[0] == first
    assert shown(occurrences(first, "Europe/Berlin", Repeat("week", 2)), "Europe/Berlin")[1] == "2026-11-01 02:30"


@given(MINUTES, st.sampled_from(ZONES), st.sampled_from(EVERY), st.integers(2, 52))
def test_series_has_its_count_in_order_on_the_same_weekday(start, zone, every, count):
    found = occurrences(start, zone, Repeat(every, count))
    days = [from_min(one).astimezone(ZoneInfo(zone)) for one in found]
    assert found[0] == start
    assert len(found) == count
    assert found == sorted(set(found))
    assert {day.weekday() for day in days} == {days[0].weekday()}


@given(MINUTES, st.sampled_from(ZONES), st.sampled_from(EVERY), st.integers(2, 52))
def test_clock_shows_the_same_time_wherever_that_exists(start, zone, every, count):
    tz = ZoneInfo(zone)
    first, *rest = (from_min(one).astimezone(tz) for one in occurrences(start, zone, Repeat(every, count)))
    for at in rest:
        wanted = datetime.combine(at.date(), first.time().replace(fold=0), tz)
        exists = wanted.astimezone(UTC).astimezone(tz).replace(tzinfo=None) == wanted.replace(tzinfo=None)
        if exists:
            assert at.time() == first.time()
        else:
            assert timedelta() < at.replace(tzinfo=None) - wanted.replace(tzinfo=None) <= timedelta(hours=1)


@given(MINUTES, st.sampled_from(ZONES), st.integers(2, 40))
def test_each_month_has_one_of_a_monthly_series(start, zone, count):
    found = [from_min(one).astimezone(ZoneInfo(zone)) for one in occurrences(start, zone, Repeat("month", count))]
    months = [at.year * 12 + at.month for at in found]
    assert months == list(range(months[0], months[0] + count))


@pytest.mark.parametrize("raw", [None, {}, {"every": ""}, {"every": "", "count": "3"}])
def test_no_rhythm_is_no_series(raw):
    assert clean_repeat(raw, 10) is None


@pytest.mark.parametrize("raw", [{"every": "day", "count": 2}, {"every": "week", "count": 1}, {"every": "week"}])
def test_odd_series_are_refused(raw):
    with pytest.raises(Problem, match="invalid"):
        clean_repeat(raw, 10)


@pytest.mark.parametrize(("count", "most"), [(11, 10), (2, 1), ("٣", 10), (2.5, 10), (True, 10)])
def test_series_that_is_too_long_or_no_number_is_refused(count, most):
    with pytest.raises(Problem, match="invalid"):
        clean_repeat({"every": "week", "count": count}, most)


def test_series_is_cleaned():
    assert clean_repeat({"every": "month", "count": "6"}, 6) == Repeat("month", 6)

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.rhythm import Rhythm

BERLIN = "Europe/Berlin"
NINE = 9 * 60


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "after", "moment"),
    [
        (Rhythm("day", NINE, BERLIN), "2026-11-02T07:59", "2026-11-02T08:00"),
        (Rhythm("day", NINE, BERLIN), "2026-11-02T08:00", "2026-11-03T08:00"),
        (Rhythm("day", NINE, "Pacific/Auckland"), "2026-11-02T19:00", "2026-11-02T20:00"),
        (Rhythm("weekday", NINE, BERLIN), "2026-11-06T08:00", "2026-11-09T08:00"),
        (Rhythm("week", NINE, BERLIN, weekday=6), "2026-11-02T08:00", "2026-11-08T08:00"),
        (Rhythm("month", NINE, BERLIN, day=31), "2026-01-31T08:00", "2026-02-28T08:00"),
        (Rhythm("month", NINE, BERLIN, day=31), "2026-02-28T08:00", "2026-03-31T07:00"),
        (Rhythm("month", NINE, BERLIN, day=1), "2026-11-01T08:00", "2026-12-01T08:00"),
    ],
)
def test_next_moment(rhythm, after, moment):
    assert rhythm.after(at(after)) == at(moment)


@pytest.mark.parametrize(
    ("minute", "day", "moment"),
    [
        (NINE, date(2026, 3, 28), "2026-03-28T08:00"),
        (NINE, date(2026, 3, 29), "2026-03-29T07:00"),
        (150, date(2026, 3, 29), "2026-03-29T01:30"),  # 02:30 does not exist: 03:30
        (150, date(2026, 10, 25), "2026-10-25T00:30"),  # 02:30 comes twice: the first
    ],
)
def test_local_time_stays_through_daylight_saving(minute, day, moment):
    assert Rhythm("day", minute, BERLIN).moment(day) == at(moment)


def test_each_local_day_of_a_year_has_one_moment():
    rhythm, now, days = Rhythm("day", 150, BERLIN), at("2026-01-01T00:00"), []
    while now < at("2026-12-31T00:00"):
        now = rhythm.after(now)
        days.append(rhythm.local(now))
    assert days == [date(2026, 1, 1) + timedelta(days=n) for n in range(len(days))]


@given(
    st.sampled_from(["day", "weekday", "week", "month"]),
    st.integers(0, 1439),
    st.sampled_from([BERLIN, "UTC", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.integers(0, 6),
    st.integers(1, 31),
    st.integers(0, 30 * 366 * 24 * 60),
)
def test_before_and_after_meet(every, minute, zone, weekday, day, since):
    now = at("2009-01-01T00:00") + timedelta(minutes=since)
    rhythm = Rhythm(every, minute, zone, weekday, day)
    last, following = rhythm.until(now), rhythm.after(now)
    assert last <= now < following
    assert rhythm.after(last) == following
    assert following - last <= timedelta(days=32)

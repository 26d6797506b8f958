"""Dates, times and durations as the reader's language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from admitone.ui import formats

AT = datetime(2026, 12, 8, 14, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "3:30\u202fPM"), ("de", "15:30"), ("fr", "15:30"), ("pt-br", "15:30"), ("ja", "15:30")],
)
def test_clock_follows_the_language(language: str, expected: str) -> None:
    with translation.override(language):
        assert formats.clock(AT, ZONE) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Tuesday, December 8, 2026"),
        ("de", "Dienstag, 8. Dezember 2026"),
        ("es", "martes, 8 de diciembre de 2026"),
    ],
)
def test_day_follows_the_language(language: str, expected: str) -> None:
    with translation.override(language):
        assert formats.day(AT, ZONE) == expected


def test_day_near_midnight_is_the_day_of_the_zone() -> None:
    with translation.override("en"):
        assert formats.day_short(datetime(2026, 12, 8, 23, 30, tzinfo=UTC), ZONE) == "Wed, Dec 9"


def test_moment_names_whose_clock_it_is() -> None:
    with translation.override("en"):
        assert formats.moment(AT, ZONE) == "Tue, Dec 8, 2026, 3:30\u202fPM (Berlin time)"
    with translation.override("de"):
        assert formats.moment(AT, ZONE) == "Di., 8. Dez. 2026, 15:30 (Ortszeit Berlin)"
    with translation.override("ja"):
        assert formats.moment(AT, "UTC") == "2026年12月8日(火) 14:30 (UTC)"


def test_zone_name_tells_the_season() -> None:
    with translation.override("en"):
        summer = datetime(2026, 7, 8, 12, 0, tzinfo=UTC)
        assert formats.zone_name(ZONE, summer) == "Central European Summer Time"


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "0 min"), (30, "30 min"), (60, "1 hr"), (90, "1 hr 30 min"), (150, "2 hr 30 min")]
)
def test_duration_words_in_english(minutes: int, expected: str) -> None:
    with translation.override("en"):
        assert formats.duration_words(minutes) == expected


def test_duration_words_in_german() -> None:
    with translation.override("de"):
        assert formats.duration_words(90) == "1 Std. 30 Min."


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(timedelta(minutes=-3), "3 minutes ago"), (timedelta(hours=2), "in 2 hours"), (timedelta(days=-1), "1 day ago")],
)
def test_relative_counts_from_now(ahead: timedelta, expected: str) -> None:
    with translation.override("en"):
        assert formats.relative(AT + ahead, AT) == expected


def test_zone_city_and_offset() -> None:
    with translation.override("en"):
        assert formats.zone_city("America/New_York") == "New York"
        assert formats.zone_offset("America/New_York", AT) == "GMT-05:00"


def test_month_takes_a_plain_date() -> None:
    with translation.override("de"):
        assert formats.month(date(2026, 12, 1)) == "Dezember 2026"


def test_weekday_heads_start_where_asked() -> None:
    with translation.override("en"):
        assert [short for short, _ in formats.weekday_heads(6)] == ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]


def test_habits_count_only_while_their_language_is_active() -> None:
    with translation.override("en"), formats.reading(formats.Habits("en", "DE")):
        assert formats.stamp(AT, ZONE) == "8 Dec 2026, 15:30"
        assert (formats.number(1234.5), formats.money(120050, "EUR")) == ("1.234,5", "1.200,50\xa0€")
        with translation.override("fr"):
            assert formats.stamp(AT, ZONE) == "8 déc. 2026, 15:30"
    with translation.override("en"):
        assert formats.number(1234.5) == "1,234.5"


def test_zone_of_the_sub_account_counts_where_no_region_is_known() -> None:
    with translation.override("en"), formats.reading(formats.Habits("en")):
        formats.at_home(ZONE)
        assert formats.clock(AT, ZONE) == "15:30"
        formats.at_home("America/New_York")
        assert formats.clock(AT, ZONE) == "15:30"

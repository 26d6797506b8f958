"""Dates as CLDR writes them for a reader's language and region."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from admitone.logic.dates import city, home_region, reader_locale, stamp

AT = datetime(2026, 12, 8, 14, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("language", "region", "zone", "told"),
    [
        ("en", "US", "Europe/Berlin", "Tue, Dec 8, 2026, 2:30 PM"),
        ("en", "", "Europe/Berlin", "Tue, 8 Dec 2026, 14:30"),
        ("en", "JP", "", "Tue, 8 Dec 2026, 14:30"),
        ("en", "EG", "", "Tue, 8 Dec 2026, 2:30 pm"),
        ("en", "ZZ", "", "Tue, 8 Dec 2026, 2:30 pm"),
        ("en", "", "", "Tue, 8 Dec 2026, 2:30 pm"),
        ("de", "", "America/New_York", "Di., 8. Dez. 2026, 14:30"),
        ("pt-br", "", "Europe/Lisbon", "ter., 8 de dez. de 2026 14:30"),
    ],
)
def test_stamp_is_written_as_in_the_readers_country(language: str, region: str, zone: str, told: str) -> None:
    assert stamp(AT, reader_locale(language, region, zone)).replace("\u202f", " ") == told


@pytest.mark.parametrize(
    ("language", "zone", "region"),
    [("de", "Europe/Vienna", "AT"), ("de", "America/New_York", "DE"), ("ja", "", "JP"), ("xx", "", "")],
)
def test_home_of_a_language_is_the_zones_country_where_it_is_spoken(language: str, zone: str, region: str) -> None:
    assert home_region(language, zone) == region


@pytest.mark.parametrize(
    ("zone", "language", "name"),
    [
        ("Europe/Berlin", "ja", "ベルリン"),
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
        ("Etc/GMT+5", "en", "GMT+5"),
        ("UTC", "en", "UTC"),
    ],
)
def test_city_of_a_zone_in_the_readers_language(zone: str, language: str, name: str) -> None:
    assert city(zone, reader_locale(language)) == name

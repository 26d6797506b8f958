"""Dates in mails: clock changes, zones with odd offsets, midnight."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admitone.values.times import Reader, both, moment, span

BERLIN = Reader("en", "Europe/Berlin")


def minute(*at: int) -> int:
    return int(datetime(*at, tzinfo=UTC).timestamp()) // 60  # type: ignore[misc, arg-type]


def test_repeated_hour_is_told_apart_by_its_offset() -> None:
    first, second = minute(2026, 10, 25, 0, 30), minute(2026, 10, 25, 1, 30)
    assert span(first, first + 15, BERLIN) == "Sun, 25 Oct 2026, 02:30 – 02:45 (Berlin time, GMT+2)"
    assert span(second, second + 15, BERLIN) == "Sun, 25 Oct 2026, 02:30 – 02:45 (Berlin time, GMT+1)"


def test_span_over_midnight_names_both_dates() -> None:
    start = minute(2026, 11, 6, 22, 30)
    assert span(start, start + 60, BERLIN) == "Fri, 6 Nov 2026, 23:30 – Sat, 7 Nov 2026, 00:30 (Berlin time)"


def test_other_zone_is_left_out_where_the_clock_is_the_same() -> None:
    start = minute(2026, 11, 6, 13)
    assert both(start, start + 30, BERLIN, "Europe/Paris") == span(start, start + 30, BERLIN)
    assert both(start, start + 30, BERLIN, "Asia/Kathmandu").splitlines()[1] == (
        "Fri, 6 Nov 2026, 18:45 – 19:15 (Kathmandu time)"
    )


@pytest.mark.parametrize(
    ("locale", "zone", "told"),
    [
        ("en", "Europe/Berlin", "Fri, 6 Nov 2026, 14:00"),
        ("en", "America/New_York", "Fri, Nov 6, 2026, 8:00 AM"),
        ("en-GB", "America/New_York", "Fri, 6 Nov 2026, 08:00"),
        ("de-AT", "Europe/Vienna", "Fr., 6. Nov. 2026, 14:00"),
        ("pt-br", "America/Sao_Paulo", "sex., 6 de nov. de 2026 10:00"),
        ("xx-yy", "No/Where", "Fri, 6 Nov 2026, 1:00 pm"),
        ("", "", "Fri, 6 Nov 2026, 1:00 pm"),
        ("../../etc", "../../etc", "Fri, 6 Nov 2026, 1:00 pm"),
    ],
)
def test_moment_is_written_as_the_reader_writes_it(locale: str, zone: str, told: str) -> None:
    assert moment(minute(2026, 11, 6, 13), Reader(locale, zone)) == told

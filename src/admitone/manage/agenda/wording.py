"""Days and hours as the calendar's heads write them, in the reader's language."""

from __future__ import annotations

from datetime import date, time

from babel import dates

from admitone.ui import formats


def day_range(first: date, last: date) -> str:
    """Nov 30 – Dec 6, 2026."""
    return dates.format_interval(first, last, "yMMMd", locale=formats.locale())


def weekday(on: date) -> str:
    """Tue."""
    return str(dates.get_day_names("abbreviated", "stand-alone", formats.locale())[on.weekday()])


def hour(of_day: int) -> str:
    """9 AM or 09:00."""
    writing = formats.locale()
    twelve = "a" in dates.get_time_format("short", writing).pattern
    return dates.format_time(time(of_day), "h a" if twelve else "HH:mm", locale=writing)

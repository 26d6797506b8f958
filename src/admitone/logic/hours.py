"""Working hours as people type them: "9", "9am", "17.30", "24:00" become minutes of the local day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from admitone.logic.errors import Problem

DAY = 1440
MAX_WINDOWS = 12
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 30)

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.|a|p)?", re.ASCII)
_DIGITS = re.compile(r"(\d{1,2})(\d{2})\s*(am|pm|a|p)?", re.ASCII)

Window = tuple[int, int]


def parse_time(raw: str) -> int:
    """Minutes of the day, 0 to 1440; ValueError with a sentence for anything that is not a time."""
    text = " ".join(raw.strip().lower().split())
    found = _TIME.fullmatch(text) or _DIGITS.fullmatch(text)
    if not found:
        raise ValueError("Enter a time like 09:00, 9am or 17.30.")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("With am or pm the hour goes from 1 to 12.")
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or hour * 60 + minute > DAY:
        raise ValueError("A day goes from 00:00 to 24:00.")
    return hour * 60 + minute


def show_time(minute: int) -> str:
    """`540` -> "09:00", `1440` -> "24:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def parse_window(start: str, end: str) -> Window:
    """One window from two times; an end of 0:00 means the end of the day. ValueError with a sentence."""
    low, high = parse_time(start), parse_time(end)
    high = DAY if high == 0 else high
    if high <= low:
        raise ValueError("The end has to be after the start. For hours past midnight end at 24:00 and go on next day.")
    return low, high


def parse_windows(raw: str) -> list[Window]:
    """Windows of one day in one line: "9-12, 13:00 - 17:30"; nothing = closed. ValueError with a sentence."""
    windows = []
    for part in re.split(r"[,;\n]", raw):
        if not part.strip():
            continue
        ends = re.split(r"\s*(?:-|–|—|\bto\b)\s*", part.strip())
        if len(ends) != 2:
            raise ValueError("Enter hours like 09:00-12:00, 13:00-17:00.")
        windows.append(parse_window(*ends))
    return join(windows)


def show_windows(windows: Iterable[Sequence[int]]) -> str:
    """The line that `parse_windows` reads back."""
    return ", ".join(f"{show_time(start)}-{show_time(end)}" for start, end in windows)


def join(windows: Iterable[Window]) -> list[Window]:
    """Sorted windows of one day; ones that overlap or touch become one. ValueError outside of the day."""
    joined: list[Window] = []
    for low, high in sorted(windows):
        if not 0 <= low < high <= DAY:
            raise ValueError("A day goes from 00:00 to 24:00, and the end has to be after the start.")
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    if len(joined) > MAX_WINDOWS:
        raise ValueError(f"A day can have {MAX_WINDOWS} windows at most.")
    return joined


def clean_week(week: Mapping[int, Sequence[Window]]) -> dict[int, list[Window]]:
    """Windows by weekday (0 = Monday), joined; Problem("invalid") names the day at fault."""
    cleaned, errors = {}, {}
    for weekday, windows in sorted(week.items()):
        try:
            if weekday not in range(7):
                raise ValueError("Days go from 0 (Monday) to 6 (Sunday).")
            cleaned[weekday] = join(windows)
        except (ValueError, TypeError) as error:
            errors[f"day-{weekday}"] = str(error)
    if errors:
        raise Problem("invalid", fields=errors)
    return {weekday: windows for weekday, windows in cleaned.items() if windows}


def clean_date(raw: str | date) -> date:
    """A date between 2000 and 2100; ValueError with a sentence."""
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(raw.strip())
    except (ValueError, AttributeError) as error:
        raise ValueError("Enter a date like 2026-11-30.") from error
    if not EARLIEST <= day <= LATEST:
        raise ValueError("Choose a date between 2000 and 2100.")
    return day

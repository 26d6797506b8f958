""" "Offer only these times": a calendar's open starts by day, to be ticked; two weeks at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from admitone.booking.queries import open_slots
from admitone.calendars.models import Calendar
from admitone.logic.clock import from_min, to_min_ceil
from admitone.logic.errors import Problem

SPAN = timedelta(days=14)
FARTHEST = timedelta(days=3 * 366)
MAX_CHOSEN = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One start; `value` is "start-end" in epoch minutes."""

    value: str
    at: datetime
    checked: bool


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Times:
    """What the picker shows: `elsewhere` are choices outside of these two weeks, `later` is where the next begin."""

    calendar: Calendar
    zone: str
    days: list[Day]
    elsewhere: list[Choice]
    first: date
    later: date


def times(calendar: Calendar, *, now: datetime, zone: str, first: str = "", chosen: Iterable[str] = ()) -> Times:
    """Open starts of the fourteen days from `first` (ISO date in `zone`), today if that is empty, bad or over."""
    ticked = set(chosen)
    begin = first_day(first, now, zone)
    low, high = (datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in (begin, begin + SPAN))
    plan = calendar.compiled
    starts = open_slots(plan, now=now, first=to_min_ceil(max(low, now)), end=to_min_ceil(high))
    shown = [choice(f"{at}-{at + plan.rules.duration}", ticked) for at in starts]
    values = {each.value for each in shown}
    elsewhere = [choice(value, ticked) for value in sorted(ticked - values) if span(value)]
    return Times(calendar, zone, by_day(shown, zone), elsewhere, begin, begin + SPAN)


def first_day(raw: str, now: datetime, zone: str) -> date:
    today = now.astimezone(ZoneInfo(zone)).date()
    try:
        wanted = date.fromisoformat(raw)
    except ValueError:
        return today
    return wanted if today <= wanted <= today + FARTHEST else today


def choice(value: str, ticked: set[str]) -> Choice:
    return Choice(value, from_min(int(value.partition("-")[0])), value in ticked)


def by_day(choices: list[Choice], zone: str) -> list[Day]:
    days: dict[date, list[Choice]] = {}
    for each in choices:
        days.setdefault(each.at.astimezone(ZoneInfo(zone)).date(), []).append(each)
    return [Day(on, found) for on, found in days.items()]


def span(value: str) -> tuple[int, int] | None:
    """(start, end) of a posted choice, or None."""
    start, _, end = value.partition("-")
    if not (start.isascii() and end.isascii() and start.isdigit() and end.isdigit() and len(value) < 24):
        return None
    return (int(start), int(end)) if 0 < int(start) < int(end) < 10**9 else None


def offered(values: list[str]) -> list[tuple[int, int]]:
    """The chosen spans. Problem("invalid") for anything that the picker did not write."""
    spans = [span(value) for value in values[: MAX_CHOSEN + 1]]
    if len(spans) > MAX_CHOSEN:
        raise Problem("invalid", fields={"offered": f"Offer at most {MAX_CHOSEN} times."})
    if None in spans:
        raise Problem("invalid", fields={"offered": "Choose from the times that are shown."})
    return [each for each in spans if each]

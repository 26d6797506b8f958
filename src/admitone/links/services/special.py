"""What one link does otherwise than its calendar: its length, host, place, party and series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from admitone.calendars.models import Calendar
from admitone.logic.calendars import CLEANERS, MAX_SERIES
from admitone.logic.errors import Problem
from admitone.logic.faults import Faults
from admitone.logic.party import MAX_PARTY
from admitone.logic.plan import CalendarPlan

NAMES = ("duration", "host", "location", "seats", "series")


def special_terms(calendar: Calendar | None, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the link for `duration` (minutes), `host` (an id), `location`, `seats`, `series`; those left out or None
    keep what the calendar says. Raises Problem("invalid", fields)."""
    given = {name: value for name, value in raw.items() if value not in (None, "")}
    if not given:
        return {}
    if calendar is None:
        raise Problem("invalid", fields=dict.fromkeys(given, "A link of a group cannot say this."))
    plan = calendar.compiled
    found, faults = {}, Faults()
    for name, value in given.items():
        with faults.at(name):
            column, cleaned = TERMS[name](plan, value)
            found[column] = cleaned
    if faults:
        raise Problem("invalid", next(iter(faults.values())), fields=faults)
    return found


def _duration(plan: CalendarPlan, raw: Any) -> tuple[str, Any]:
    if plan.type.seated:
        raise ValueError("Classes and events have one length.")
    return "duration", CLEANERS["duration"](raw)


def _host(plan: CalendarPlan, raw: Any) -> tuple[str, Any]:
    if not plan.type.choice:
        raise ValueError("Only a round robin has hosts to choose from.")
    if str(raw) not in {host.id for host in plan.hosts}:
        raise ValueError("This host does not take appointments of the calendar.")
    return "host_id", UUID(str(raw))


def _location(plan: CalendarPlan, raw: Any) -> tuple[str, Any]:
    return "location", CLEANERS["location"](raw)


def _seats(plan: CalendarPlan, raw: Any) -> tuple[str, Any]:
    if not plan.type.seated and raw != 1:
        raise ValueError("Only classes and events have seats.")
    if plan.type.seated and plan.capacity and isinstance(raw, int) and raw > plan.capacity:
        raise ValueError(f"There are {plan.capacity} seats at a time.")
    return "seats", _count(raw, MAX_PARTY)


def _series(plan: CalendarPlan, raw: Any) -> tuple[str, Any]:
    return "series", _count(raw, MAX_SERIES)


def _count(raw: Any, most: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= most:
        raise ValueError(f"Enter a whole number from 1 to {most}.")
    return raw


TERMS = {"duration": _duration, "host": _host, "location": _location, "seats": _seats, "series": _series}

"""What a guest chooses beside the time, where the calendar lets them: how long it takes and how many places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from admitone.logic.plan import CalendarPlan
from admitone.logic.wishes import for_length, lengths
from admitone.public.door import Door
from admitone.public.pages import Visit


def wished(visit: Visit, door: Door) -> Door:
    """The door as ?duration= and ?party= ask for it, as far as its calendar has them; the booking checks them again."""
    length, party = _number(visit, "duration"), _number(visit, "party") or 1
    if length not in lengths(door.plan):
        length = None
    return replace(
        door,
        plan=for_length(door.plan, length),
        duration=length,
        party=party if party <= largest(door.plan) else 1,
    )


def largest(plan: CalendarPlan) -> int:
    """The largest party that could fit."""
    return min(plan.max_party, plan.capacity or plan.max_party)


def shown(visit: Visit, door: Door) -> dict[str, Any]:
    """For _terms.html: the lengths with their addresses, the parties with what their form carries along; empty if there
    is nothing to choose."""
    plan = door.plan
    all_lengths, most = lengths(plan), largest(plan)
    return {
        "lengths": [_length(visit, one, plan) for one in all_lengths] if len(all_lengths) > 1 else [],
        "parties": range(1, most + 1) if most > 1 else (),
        "party_fields": _carried(visit, "party"),
    }


def _length(visit: Visit, minutes: int, plan: CalendarPlan) -> dict[str, Any]:
    query = urlencode(_carried(visit, "duration") | {"duration": minutes})
    return {"minutes": minutes, "url": f"?{query}", "current": minutes == plan.rules.duration}


def _carried(visit: Visit, without: str) -> dict[str, str]:
    """What the page was asked with, its month and day too."""
    dates = {name: visit.query[name][:10] for name in ("month", "day") if visit.query.get(name)}
    return visit.kept(without) | dates


def _number(visit: Visit, name: str) -> int | None:
    text = visit.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None

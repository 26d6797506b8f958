"""The types of calendars: who has to be free for them and how many seats they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admitone.logic.errors import Problem

KINDS = ("personal", "round_robin", "collective", "class", "event")
#: Types with several hosts, and types with several seats.
TEAMS = frozenset({"round_robin", "collective"})
SEATED = frozenset({"class", "event"})
MAX_HOSTS, MAX_SEATS, MAX_WEIGHT, MAX_PRIORITY = 100, 10_000, 100, 1000


@dataclass(frozen=True, slots=True)
class Team:
    """What is said about a calendar's type and team together. `capacity` 0: no limit, for events only."""

    kind: str
    capacity: int
    hosts: int
    required: int
    strategy: str = "availability"
    count_days: int = 30
    guest_picks_host: bool = False


def default_capacity(kind: str) -> int:
    return {"class": 10, "event": 0}.get(kind, 1)


def check_team(team: Team) -> None:
    """Raises Problem("invalid", fields={name: sentence})."""
    faults = {
        "kind": "" if team.kind in KINDS else f"Choose one of: {', '.join(KINDS)}.",
        "hosts": _hosts(team),
        "capacity": _capacity(team),
        "strategy": "" if team.strategy in ("availability", "equal") else "Choose one of: availability, equal.",
        "count_days": "" if 1 <= team.count_days <= 366 else "Enter a whole number from 1 to 366.",
        "guest_picks_host": _picks(team),
    }
    if found := {name: fault for name, fault in faults.items() if fault}:
        raise Problem("invalid", fields=found)


def check_hosts(hosts: Sequence[Any]) -> None:
    """Priorities and weights of a team's rows."""
    if any(not 0 <= one.priority <= MAX_PRIORITY for one in hosts):
        raise Problem("invalid", fields={"hosts": f"A priority is a whole number from 0 to {MAX_PRIORITY}."})
    if any(not 1 <= one.weight <= MAX_WEIGHT for one in hosts):
        raise Problem("invalid", fields={"hosts": f"A weight is a whole number from 1 to {MAX_WEIGHT}."})


def _hosts(team: Team) -> str:
    if team.kind in TEAMS:
        if not 1 <= team.hosts <= MAX_HOSTS:
            return f"Choose 1 to {MAX_HOSTS} hosts."
        if team.kind == "collective" and not team.required:
            return "At least one host has to be required."
        return ""
    if team.kind == "event" and team.hosts != 1:
        return "Choose one person who is told about bookings; their own time is not looked at."
    return "" if team.hosts == 1 else "Choose one host."


def _capacity(team: Team) -> str:
    if team.kind == "class" and not 1 <= team.capacity <= MAX_SEATS:
        return f"Enter a whole number from 1 to {MAX_SEATS}."
    if team.kind == "event" and not 0 <= team.capacity <= MAX_SEATS:
        return f"Enter a whole number from 0 to {MAX_SEATS}; 0 is no limit."
    return "Only classes and events have seats." if team.kind not in SEATED and team.capacity != 1 else ""


def _picks(team: Team) -> str:
    picks = team.guest_picks_host and team.kind != "round_robin"
    return "Guests can choose their host in a round robin only." if picks else ""

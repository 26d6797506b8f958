"""The types of calendars: who has to be free for them, how many seats they have, and what is open in them.

A new type is a file here with a subclass of `Kind`, and its place in this list.
"""

from __future__ import annotations

from admitone.logic.errors import Problem
from admitone.logic.kinds.classes import Class
from admitone.logic.kinds.collective import Collective
from admitone.logic.kinds.events import Event
from admitone.logic.kinds.kind import Kind, Team
from admitone.logic.kinds.personal import Personal
from admitone.logic.kinds.round_robin import RoundRobin
from admitone.logic.kinds.seated import MAX_SEATS
from admitone.logic.kinds.team import MAX_HOSTS, MAX_PRIORITY, MAX_WEIGHT, check_hosts

__all__ = [
    "KINDS",
    "MAX_HOSTS",
    "MAX_PRIORITY",
    "MAX_SEATS",
    "MAX_WEIGHT",
    "SEATED",
    "TEAMS",
    "Kind",
    "Team",
    "check_hosts",
    "check_team",
    "kind_of",
]

KINDS: dict[str, Kind] = {kind.name: kind for kind in (Personal(), RoundRobin(), Collective(), Class(), Event())}
#: Names of the types with several hosts, and of those with several seats.
TEAMS = frozenset(name for name, kind in KINDS.items() if kind.team)
SEATED = frozenset(name for name, kind in KINDS.items() if kind.seated)


def kind_of(name: str) -> Kind:
    """The type of that name; for an unknown one, which `check_team` refuses, the simplest."""
    return KINDS.get(name, KINDS["personal"])


def check_team(team: Team) -> None:
    """Raises Problem("invalid", fields={name: sentence})."""
    kind = kind_of(team.kind)
    picks = team.guest_picks_host and not kind.choice
    faults = {
        "kind": "" if team.kind in KINDS else f"Choose one of: {', '.join(KINDS)}.",
        "hosts": kind.hosts_fault(team),
        "capacity": kind.capacity_fault(team),
        "strategy": "" if team.strategy in ("availability", "equal") else "Choose one of: availability, equal.",
        "count_days": "" if 1 <= team.count_days <= 366 else "Enter a whole number from 1 to 366.",
        "guest_picks_host": "Guests can choose their host in a round robin only." if picks else "",
    }
    if found := {name: fault for name, fault in faults.items() if fault}:
        raise Problem("invalid", fields=found)

"""What the types with several hosts have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from admitone.logic.errors import Problem
from admitone.logic.kinds.kind import Kind, Team
from admitone.logic.openings import Openings
from admitone.logic.rules import Reason
from admitone.logic.teams import Member

MAX_HOSTS, MAX_WEIGHT, MAX_PRIORITY = 100, 100, 1000


class OfTeam(Kind):
    """Several hosts, one of whom or all of whom a guest meets."""

    team = True

    def hosts_fault(self, team: Team) -> str:
        return "" if 1 <= team.hosts <= MAX_HOSTS else f"Choose 1 to {MAX_HOSTS} hosts."

    def clear(self, asked: Openings, start: int) -> tuple[str, ...]:
        """Hosts with nothing at that time, their hours left aside."""
        return tuple(one.host for one in asked.members if not asked.clashes(start, one.busy))

    def limited(self, asked: Openings, members: Iterable[Member], start: int) -> list[Reason]:
        """HOSTLIMIT of those who have as many appointments on that date as a host may."""
        found = (member.limited(asked.plan.schedule.timezone, start) for member in members)
        return [one for one in found if one is not None]


def check_hosts(hosts: Sequence[Any]) -> None:
    """Priorities and weights of a team's rows."""
    if any(not 0 <= one.priority <= MAX_PRIORITY for one in hosts):
        raise Problem("invalid", fields={"hosts": f"A priority is a whole number from 0 to {MAX_PRIORITY}."})
    if any(not 1 <= one.weight <= MAX_WEIGHT for one in hosts):
        raise Problem("invalid", fields={"hosts": f"A weight is a whole number from 1 to {MAX_WEIGHT}."})

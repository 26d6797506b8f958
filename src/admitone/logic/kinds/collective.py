"""Collective: a guest meets several people at once, and the optional ones who happen to be free."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from admitone.logic.kinds.kind import Team
from admitone.logic.kinds.team import OfTeam
from admitone.logic.openings import Openings
from admitone.logic.rules import Reason
from admitone.logic.teams import collective, joining, needed

if TYPE_CHECKING:
    from admitone.logic.plan import CalendarPlan


class Collective(OfTeam):
    name = "collective"

    def hosts_fault(self, team: Team) -> str:
        return super().hosts_fault(team) or ("" if team.required else "At least one host has to be required.")

    def met(self, plan: CalendarPlan) -> str:
        return ", ".join(host.name for host in plan.hosts if host.required)

    def slots(self, asked: Openings) -> list[int]:
        return collective(asked.plan.schedule, asked.plan.rules, asked.members, asked.request)

    def taken(self, asked: Openings, start: int) -> str | None:
        wanted = {one.host for one in needed(asked.members)}
        return None if wanted <= set(self.clear(asked, start)) else "BOOKED"

    def takers(self, asked: Openings, start: int, *, by_hand: bool) -> tuple[str, ...]:
        if by_hand:
            return self.clear(asked, start)
        members = asked.members
        come = joining(asked.plan.schedule, asked.plan.rules, members, asked.request, start)
        return (*(member.host for member in needed(members)), *come)

    def reasons(self, asked: Openings, start: int) -> list[Reason]:
        """The limits of the hosts who have to come, then what blocks each of them."""
        members = needed(asked.members)
        whose = {id(block): member.host for member in members for block in member.busy}
        found = asked.against(start, [block for member in members for block in member.busy])
        theirs = (replace(one, host=whose.get(id(one.blocking), "")) for one in found)
        return [*self.limited(asked, members, start), *theirs]

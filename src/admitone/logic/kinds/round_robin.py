"""Round robin: whoever of a team is free takes the appointment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from admitone.logic.kinds.team import OfTeam
from admitone.logic.openings import Openings, OpenTime
from admitone.logic.rules import Reason
from admitone.logic.teams import round_robin

if TYPE_CHECKING:
    from admitone.logic.plan import CalendarPlan


class RoundRobin(OfTeam):
    name = "round_robin"
    choice = True

    def met(self, plan: CalendarPlan) -> str:
        return plan.hosts[0].name if len(plan.hosts) == 1 else ""

    def slots(self, asked: Openings) -> list[int]:
        return list(self.candidates(asked))

    def times(self, asked: Openings) -> list[OpenTime]:
        return [OpenTime(start, None, hosts) for start, hosts in self.candidates(asked).items()]

    def candidates(self, asked: Openings) -> dict[int, tuple[str, ...]]:
        """Each start with the ids of the hosts who are free for it."""
        return round_robin(asked.plan.schedule, asked.plan.rules, asked.members, asked.request)

    def taken(self, asked: Openings, start: int) -> str | None:
        return None if self.clear(asked, start) else "BOOKED"

    def takers(self, asked: Openings, start: int, *, by_hand: bool) -> tuple[str, ...]:
        return self.clear(asked, start) if by_hand else self.candidates(asked.at(start)).get(start, ())

    def reasons(self, asked: Openings, start: int) -> list[Reason]:
        """What holds for everybody, then what is in the way of each; nothing if anybody is free."""
        each = {
            member.host: [*self.limited(asked, [member], start), *asked.against(start, member.busy)]
            for member in asked.members
        }
        if any(not found for found in each.values()):
            return []
        general = asked.against(start, ())
        codes = {one.code for one in general}
        own = [replace(one, host=host) for host, found in each.items() for one in found if one.code not in codes]
        return [*general, *own]

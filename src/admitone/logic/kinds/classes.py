"""Class: several guests meet one person, whose time it blocks."""

from __future__ import annotations

from collections.abc import Sequence

from admitone.logic.kinds.seated import WithSeats
from admitone.logic.openings import NO_LIMIT, Openings
from admitone.logic.rules import Busy
from admitone.logic.teams import seats

#: Asks for every time, whatever is left at it.
ANY = -NO_LIMIT


class Class(WithSeats):
    name = "class"
    capacity = 10

    def unheld(self, asked: Openings) -> dict[int, int]:
        plan = asked.plan
        return seats(
            plan.schedule, plan.rules, asked.busy, asked.request,
            capacity=plan.capacity, sessions=asked.sessions, party=ANY,
        )  # fmt: skip

    def beside(self, asked: Openings) -> Sequence[Busy]:
        return [*asked.busy, *(Busy(one.start, one.end, "booking") for one in asked.sessions)]

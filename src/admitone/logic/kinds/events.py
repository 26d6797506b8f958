"""Event: guests take a place, nobody's time is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admitone.logic.kinds.kind import Team
from admitone.logic.kinds.seated import MAX_SEATS, WithSeats
from admitone.logic.openings import NO_LIMIT, Openings

if TYPE_CHECKING:
    from admitone.logic.plan import CalendarPlan


class Event(WithSeats):
    name = "event"
    capacity = 0

    def hosts_fault(self, team: Team) -> str:
        told = "Choose one person who is told about bookings; their own time is not looked at."
        return "" if team.hosts == 1 else told

    def capacity_fault(self, team: Team) -> str:
        fits = 0 <= team.capacity <= MAX_SEATS
        return "" if fits else f"Enter a whole number from 0 to {MAX_SEATS}; 0 is no limit."

    def met(self, plan: CalendarPlan) -> str:
        return ""

    def unheld(self, asked: Openings) -> dict[int, int]:
        room = asked.plan.capacity or NO_LIMIT
        free = dict.fromkeys(asked.free(), room)
        for one in asked.sessions:
            if one.start in free:
                free[one.start] = room - one.taken
        return free

    def barred(self, asked: Openings, start: int) -> str | None:
        return None

    def takers(self, asked: Openings, start: int, *, by_hand: bool) -> tuple[str, ...]:
        return ()

"""What a type of calendar answers, and the answers of one that has one host and one guest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from admitone.logic.openings import Openings, OpenTime
from admitone.logic.rules import Reason

if TYPE_CHECKING:
    from admitone.logic.plan import CalendarPlan


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


class Kind:
    """A type of calendar. It has no state: the plan or the question (`asked`) comes in.

    `team`: several hosts; `seated`: several seats; `choice`: one host of several takes the appointment, so that one can
    be chosen; `capacity`: seats unless others are given.
    """

    name: ClassVar[str]
    team: ClassVar[bool] = False
    seated: ClassVar[bool] = False
    choice: ClassVar[bool] = False
    capacity: ClassVar[int] = 1

    def hosts_fault(self, team: Team) -> str:
        """What is wrong with the number of hosts, in a sentence; "" if nothing is."""
        return "" if team.hosts == 1 else "Choose one host."

    def capacity_fault(self, team: Team) -> str:
        return "" if team.capacity == 1 else "Only classes and events have seats."

    def met(self, plan: CalendarPlan) -> str:
        """The names of those every guest meets; "" where that is decided later, or nobody is met."""
        return plan.hosts[0].name if plan.hosts else ""

    def slots(self, asked: Openings) -> list[int]:
        return asked.free()

    def times(self, asked: Openings) -> list[OpenTime]:
        return [OpenTime(start) for start in self.slots(asked)]

    def unheld(self, asked: Openings) -> dict[int, int]:
        """Each open start with its free seats, whatever is kept for those who wait."""
        return dict.fromkeys(self.slots(asked), 1)

    def taken(self, asked: Openings, start: int) -> str | None:
        """The reason code that binds an owner, too, who books by hand."""
        return "BOOKED" if asked.clashes(start, asked.busy) else None

    def takers(self, asked: Openings, start: int, *, by_hand: bool) -> tuple[str, ...]:
        """Ids of the hosts for a start that is not refused."""
        return (asked.plan.hosts[0].id,)

    def reasons(self, asked: Openings, start: int) -> list[Reason]:
        return asked.against(start, asked.busy)

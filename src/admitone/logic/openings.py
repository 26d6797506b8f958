"""What is open in a calendar: the question that was asked and what is in the way. The calendar's type answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from admitone.logic.slots import Busy, Reason, Request, Rules, find_slots, nearest, reasons
from admitone.logic.teams import Member, Seated
from admitone.logic.waiting import Held, left

if TYPE_CHECKING:
    from admitone.logic.plan import CalendarPlan

#: Free seats of an event without a limit.
NO_LIMIT = 2**31 - 1
#: What an owner who books by hand may ignore.
IGNORED_BY_HAND = ("unreadable", "off")
CLOSED = "HOURS"


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A bookable start. `seats` are those left, None where they are not counted; `hosts` the ids of a round robin's
    free ones."""

    start: int
    seats: int | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Openings:
    """`busy`: of all hosts together; `blocks`: by host, of teams only; `sessions`: of classes and events that have
    guests already; `held`: by start, what is kept for a waiting list; `host_days`: appointments of each host of a team
    by local date, where those are limited. The calendar is asked for `party` seats."""

    plan: CalendarPlan
    busy: Sequence[Busy]
    request: Request
    blocks: Mapping[str, Sequence[Busy]] = field(default_factory=dict)
    sessions: Sequence[Seated] = ()
    party: int = 1
    held: Mapping[int, Held] = field(default_factory=dict)
    host_days: Mapping[str, Mapping[date, int]] = field(default_factory=dict)

    def slots(self) -> list[int]:
        """Bookable starts, ascending."""
        return self.plan.type.slots(self)

    def times(self) -> list[OpenTime]:
        """The same with what is left at each: seats of a class or event, free hosts of a round robin."""
        return self.plan.type.times(self)

    def nearest(self, wanted: int, count: int = 3) -> list[int]:
        return nearest(self.slots(), wanted, count)

    def at(self, start: int) -> Openings:
        """The same question about one start."""
        return replace(self, request=replace(self.request, first=start, end=start + 1))

    def refusal(self, start: int, *, by_hand: bool = False) -> str | None:
        """The first reason code against one start, None if it can be booked. By hand only taken time is refused."""
        if by_hand:
            return self.plan.type.taken(self, start)
        if self.at(start).slots():
            return None
        found = self.reasons(start)
        return found[0].code if found else CLOSED

    def reasons(self, start: int) -> list[Reason]:
        """Every reason against one start, the weightiest first; those of a team name the host they are about."""
        return self.plan.type.reasons(self, start)

    def takers(self, start: int, *, by_hand: bool = False) -> tuple[str, ...]:
        """Hosts at a start that is not refused: of a round robin those who could, of a collective all who would."""
        return self.plan.type.takers(self, start, by_hand=by_hand)

    def seats(self) -> dict[int, int]:
        """Of a class or an event: each open start with its free seats, NO_LIMIT of an event that has none."""
        return {start: n for start, n in self.room().items() if n >= self.party}

    def room(self) -> dict[int, int]:
        """The same of every start that only a lack of seats could bar: 0 or fewer where it does."""
        free = self.unheld()
        for start in self.held:
            if start in free:
                free[start] = left(free[start], self.held[start])
        return free

    def unheld(self) -> dict[int, int]:
        """The same, whatever is kept for those who wait."""
        return self.plan.type.unheld(self)

    @property
    def members(self) -> list[Member]:
        days, limit = self.host_days, self.plan.per_host_day_limit
        return [
            Member(host.id, self.blocks.get(host.id, ()), host.required, days.get(host.id, {}), limit)
            for host in self.plan.hosts
        ]

    def session(self, start: int) -> Seated | None:
        """The class or event that has guests at that start."""
        return next((one for one in self.sessions if one.start == start), None)

    def free(self) -> list[int]:
        """Starts at which nothing of `busy` is in the way."""
        return find_slots(self.plan.schedule, self.plan.rules, self.busy, self.request)

    def against(self, start: int, busy: Sequence[Busy], rules: Rules | None = None) -> list[Reason]:
        """Reasons against one start with these blocks, whoever they are of."""
        return reasons(self.plan.schedule, rules or self.plan.rules, busy, self.request, start)

    def clashes(self, start: int, busy: Iterable[Busy]) -> bool:
        """Does the time itself meet a block that an owner, too, is bound by?"""
        end = start + self.plan.rules.duration
        met = (one for one in busy if one.start < end and start < one.end and one.kind not in IGNORED_BY_HAND)
        return any(met)

"""What is open in a calendar, whatever its type: the question that was asked, what is in the way, and who or what is free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from admitone.logic.errors import Problem
from admitone.logic.kinds import SEATED
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import Busy, Reason, Request, Rules, find_slots, nearest, reasons
from admitone.logic.teams import Member, Seated, collective, joining, round_robin, seats
from admitone.logic.waiting import Held, left

#: Free seats of an event without a limit.
NO_LIMIT = 2**31 - 1
#: What an owner who books by hand may ignore.
IGNORED_BY_HAND = ("unreadable", "off")
CLOSED = "HOURS"
#: Asks for every time of a class, whatever is left at it.
ANY = -NO_LIMIT


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
        plan = self.plan
        if plan.kind == "round_robin":
            return list(self.candidates())
        if plan.kind == "collective":
            return collective(plan.schedule, plan.rules, self.members, self.request)
        if plan.kind in ("class", "event"):
            return list(self.seats())
        return find_slots(plan.schedule, plan.rules, self.busy, self.request)

    def times(self) -> list[OpenTime]:
        """The same with what is left at each: seats of a class or event, free hosts of a round robin."""
        if self.plan.kind == "round_robin":
            return [OpenTime(start, None, hosts) for start, hosts in self.candidates().items()]
        if self.plan.kind in ("class", "event") and self.plan.capacity:
            return [OpenTime(start, left) for start, left in self.seats().items()]
        return [OpenTime(start) for start in self.slots()]

    def nearest(self, wanted: int, count: int = 3) -> list[int]:
        return nearest(self.slots(), wanted, count)

    @property
    def members(self) -> list[Member]:
        days, limit = self.host_days, self.plan.per_host_day_limit
        return [
            Member(host.id, self.blocks.get(host.id, ()), host.required, days.get(host.id, {}), limit)
            for host in self.plan.hosts
        ]

    def candidates(self) -> dict[int, tuple[str, ...]]:
        """Of a round robin: each start with the ids of the hosts who are free for it."""
        return round_robin(self.plan.schedule, self.plan.rules, self.members, self.request)

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
        plan = self.plan
        if plan.kind == "class":
            return seats(
                plan.schedule, plan.rules, self.busy, self.request,
                capacity=plan.capacity, sessions=self.sessions, party=ANY,
            )  # fmt: skip
        room = plan.capacity or NO_LIMIT
        free = dict.fromkeys(find_slots(plan.schedule, plan.rules, self.busy, self.request), room)
        for one in self.sessions:
            if one.start in free:
                free[one.start] = room - one.taken
        return free

    def seats_left(self, start: int) -> int | None:
        """How many seats of a class or event are free at an open start; None where seats are not counted."""
        if self.plan.kind not in ("class", "event") or not self.plan.capacity:
            return None
        return self.at(start).seats().get(start, 0)

    def at(self, start: int) -> Openings:
        """The same question about one start."""
        return replace(self, request=replace(self.request, first=start, end=start + 1))

    def refusal(self, start: int, *, by_hand: bool = False) -> str | None:
        """The first reason code against one start, None if it can be booked. By hand only taken time is refused."""
        if by_hand:
            return self._taken(start)
        if self.at(start).slots():
            return None
        found = self.reasons(start)
        return found[0].code if found else CLOSED

    def takers(self, start: int, *, by_hand: bool = False) -> tuple[str, ...]:
        """Hosts at a start that is not refused: of a round robin those who could, of a collective all who would."""
        plan = self.plan
        if plan.kind == "event":
            return ()
        if plan.kind not in ("round_robin", "collective"):
            return (plan.hosts[0].id,)
        if by_hand:
            return self._clear(start)
        if plan.kind == "round_robin":
            return self.at(start).candidates().get(start, ())
        come = joining(plan.schedule, plan.rules, self.members, self.request, start)
        return (*(member.host for member in needed(self.members)), *(host for host in come))

    def _clear(self, start: int) -> tuple[str, ...]:
        """Hosts with nothing at that time, their hours left aside."""
        end = start + self.plan.rules.duration
        return tuple(one.host for one in self.members if not any(_overlap(one.busy, start, end)))

    def _taken(self, start: int) -> str | None:
        kind, end = self.plan.kind, start + self.plan.rules.duration
        if kind == "round_robin":
            return None if self._clear(start) else "BOOKED"
        if kind == "collective":
            return None if {one.host for one in needed(self.members)} <= set(self._clear(start)) else "BOOKED"
        session = self._session(start)
        if session is not None or start in self.held:
            full = self._left_by_hand(start) < self.party
            if full or session is not None:
                return "SEATS" if full else None
        if kind == "event":
            return None
        theirs = [Busy(one.start, one.end, "booking") for one in self.sessions]
        return "BOOKED" if any(_overlap([*self.busy, *theirs], start, end)) else None

    def _left_by_hand(self, start: int) -> int:
        """Free seats for an owner, who is bound by what is kept for a guest, not by the queue."""
        session, held = self._session(start), self.held.get(start, Held())
        return (self.plan.capacity or NO_LIMIT) - (session.taken if session else 0) - held.seats

    def _session(self, start: int) -> Seated | None:
        return next((one for one in self.sessions if one.start == start), None)

    def reasons(self, start: int) -> list[Reason]:
        """Every reason against one start, the weightiest first; those of a team name the host they are about."""
        kind = self.plan.kind
        if kind == "round_robin":
            return self._nobody(start)
        if kind == "collective":
            members = needed(self.members)
            found = self._against(start, [block for member in members for block in member.busy])
            whose = {id(block): member.host for member in members for block in member.busy}
            return [
                *self._limited(members, start),
                *(replace(one, host=whose.get(id(one.blocking), "")) for one in found),
            ]
        if kind in ("class", "event"):
            return self._no_seat(start)
        return self._against(start, self.busy)

    def _against(self, start: int, busy: Sequence[Busy], rules: Rules | None = None) -> list[Reason]:
        return reasons(self.plan.schedule, rules or self.plan.rules, busy, self.request, start)

    def _nobody(self, start: int) -> list[Reason]:
        """What holds for everybody, then what is in the way of each; nothing if anybody is free."""
        each = {
            member.host: [*self._limited([member], start), *self._against(start, member.busy)]
            for member in self.members
        }
        if any(not found for found in each.values()):
            return []
        general = self._against(start, ())
        codes = {one.code for one in general}
        own = [replace(one, host=host) for host, found in each.items() for one in found if one.code not in codes]
        return [*general, *own]

    def _limited(self, members: Iterable[Member], start: int) -> list[Reason]:
        """HOSTLIMIT of those who have as many appointments on that date as a host may."""
        found = (member.limited(self.plan.schedule.timezone, start) for member in members)
        return [one for one in found if one is not None]

    def _no_seat(self, start: int) -> list[Reason]:
        session = self._session(start)
        others = [Busy(one.start, one.end, "booking") for one in self.sessions if self.plan.kind == "class"]
        if session is None:
            found = self._against(start, [*self.busy, *others])
            if self.plan.capacity and self.party > self.plan.capacity:
                return [Reason("SEATS", Busy(start, start, "booking"), f"0/{self.plan.capacity}"), *found]
            kept = start in self.held and not found and self.at(start).room().get(start, 0) < self.party
            return [self._kept(start)] if kept else found
        # Whoever joins a class is bound by its time alone, not by the grid it may have left.
        general = self._against(start, (), replace(self.plan.rules, alignment="window", interval=1))
        room = self.plan.capacity or NO_LIMIT
        if left(room - session.taken, self.held.get(start)) >= self.party:
            return general
        if room - session.taken >= self.party:
            return [self._kept(start), *general]
        block = Busy(session.start, session.end, "booking")
        return [Reason("SEATS", block, f"{session.taken}/{room}"), *general]

    def _kept(self, start: int) -> Reason:
        """The free seats of a time belong to those who wait for it."""
        return Reason("SEATS", Busy(start, start + self.plan.rules.duration, "booking"), "waiting list")


def needed(members: Sequence[Member]) -> list[Member]:
    """The required ones; with none required, everybody."""
    return [member for member in members if member.required] or list(members)


def for_host(plan: CalendarPlan, host_id: str, *, by_hand: bool = False) -> CalendarPlan:
    """The plan with one host alone, as its guest wished; Problem("invalid") where guests do not choose. By hand the owner
    chooses in every round robin."""
    if not host_id:
        return plan
    hosts = tuple(host for host in plan.hosts if host.id == host_id)
    chooses = picks_host(plan) or (by_hand and plan.kind == "round_robin")
    if not hosts or not chooses:
        raise Problem("invalid", fields={"host": "This host cannot be chosen."})
    return replace(plan, hosts=hosts)


def for_length(plan: CalendarPlan, minutes: int | None) -> CalendarPlan:
    """The plan for one of its lengths; Problem("invalid") for another one. None: the calendar's own."""
    if minutes is None or minutes == plan.rules.duration:
        return plan
    if minutes not in plan.durations:
        raise Problem("invalid", fields={"duration": "Appointments of this length cannot be booked."})
    others = tuple(one for one in lengths(plan) if one != minutes)
    return replace(plan, rules=replace(plan.rules, duration=minutes), durations=others)


def lengths(plan: CalendarPlan) -> list[int]:
    """The lengths that can be booked, in minutes, ascending."""
    return sorted({plan.rules.duration, *plan.durations})


def with_terms(plan: CalendarPlan, terms: Mapping[str, Any]) -> CalendarPlan:
    """The plan as a link agreed otherwise, by `duration` (minutes) and `host` (an id); nothing else can be chosen.

    Nobody stands in for an agreed host who has left the team: then no time is open.
    """
    minutes, host = terms.get("duration"), terms.get("host")
    if minutes and plan.kind not in SEATED:
        plan = replace(plan, rules=replace(plan.rules, duration=minutes), durations=())
    if host and host not in {one.id for one in plan.hosts}:
        return replace(plan, kind="round_robin", hosts=(), guest_picks_host=False)
    if host and plan.kind == "round_robin":
        hosts = tuple(one for one in plan.hosts if one.id == host)
        return replace(plan, hosts=hosts, guest_picks_host=False)
    return plan


def for_move(plan: CalendarPlan, minutes: int, terms: Mapping[str, Any], *, by: str = "guest") -> CalendarPlan:
    """The plan for another time of an appointment of `minutes`, booked under `terms`: it keeps its length while the
    calendar has it or a link agreed on it. Its guest keeps an agreed host as long as that one is of the team."""
    here = {one.id for one in plan.hosts}
    if by == "guest" and terms.get("host") in here:
        plan = with_terms(plan, {"host": terms["host"]})
    if plan.kind in SEATED:
        return plan
    if minutes in plan.durations:
        return for_length(plan, minutes)
    return with_terms(plan, {"duration": minutes}) if minutes == terms.get("duration") else plan


def picks_host(plan: CalendarPlan) -> bool:
    """May guests choose who they meet?"""
    return plan.kind == "round_robin" and plan.guest_picks_host


def _overlap(busy: Iterable[Busy], start: int, end: int) -> Iterable[Busy]:
    return (one for one in busy if one.kind not in IGNORED_BY_HAND and one.start < end and start < one.end)

"""Start times of calendars with several hosts or several seats, on the calendar's own grid. All in epoch minutes.

A host's own hours, holidays and blocked time are blocks of kind "off": they have no buffers and their reason is HOSTOFF.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from admitone.logic.availability import Schedule, local_date, spans_between
from admitone.logic.slots import Busy, Reason, Request, Rules, find_slots
from admitone.logic.spans import normalize, subtract

OFF = "off"


@dataclass(frozen=True, slots=True)
class Member:
    """A host of a team and what is in their way. `required` matters to collective calendars only.

    `counts`: their appointments of this calendar by its local dates; on a date with `day_limit` of them no further one
    starts.
    """

    host: str
    busy: Sequence[Busy] = ()
    required: bool = True
    counts: Mapping[date, int] = field(default_factory=dict)
    day_limit: int | None = None

    def below_limit(self, zone: str, starts: list[int]) -> list[int]:
        """Those of the starts at which the host has not had enough of the day."""
        limit = self.day_limit
        if limit is None or not any(count >= limit for count in self.counts.values()):
            return starts
        return [start for start in starts if self.counts.get(local_date(zone, start), 0) < limit]

    def limited(self, zone: str, start: int) -> Reason | None:
        """HOSTLIMIT with "3/3", if that is what bars the start."""
        count = self.counts.get(local_date(zone, start), 0)
        if self.day_limit is None or count < self.day_limit:
            return None
        return Reason("HOSTLIMIT", detail=f"{count}/{self.day_limit}", host=self.host)


@dataclass(frozen=True, slots=True)
class Seated:
    """A class that already has guests: [start, end) and how many of its seats are taken."""

    start: int
    end: int
    taken: int


def needed(members: Sequence[Member]) -> list[Member]:
    """The required ones; with none required, everybody."""
    return [member for member in members if member.required] or list(members)


def off_blocks(schedule: Schedule, first: int, end: int) -> list[Busy]:
    """When a host does not work within [first, end), by a schedule of their own."""
    low = local_date(schedule.timezone, first).toordinal() - 1
    high = local_date(schedule.timezone, end).toordinal() + 1
    closed = subtract([(first, end)], normalize(spans_between(schedule, low, high)))
    return [Busy(start, until, OFF) for start, until in closed]


def round_robin(
    schedule: Schedule, rules: Rules, members: Iterable[Member], request: Request
) -> dict[int, tuple[str, ...]]:
    """Each start with the hosts who are free for all of it, in the order of `members`; ascending.

    One host takes the whole appointment: two hosts' free halves never make a slot.
    """
    found: defaultdict[int, list[str]] = defaultdict(list)
    for member in members:
        for start in member.below_limit(schedule.timezone, find_slots(schedule, rules, member.busy, request)):
            found[start].append(member.host)
    return {start: tuple(found[start]) for start in sorted(found)}


def collective(schedule: Schedule, rules: Rules, members: Sequence[Member], request: Request) -> list[int]:
    """Starts at which every required host is free; with none required, every host."""
    team = needed(members)
    found = find_slots(schedule, rules, [block for member in team for block in member.busy], request)
    for member in team:
        found = member.below_limit(schedule.timezone, found)
    return found


def joining(
    schedule: Schedule, rules: Rules, members: Sequence[Member], request: Request, start: int
) -> tuple[str, ...]:
    """The optional hosts who are free at a start of a collective calendar and so come along."""
    one = replace(request, first=start, end=start + 1)
    optional = (member for member in members if not member.required)
    return tuple(
        member.host
        for member in optional
        if member.below_limit(schedule.timezone, find_slots(schedule, rules, member.busy, one))
    )


def seats(
    schedule: Schedule,
    rules: Rules,
    busy: Sequence[Busy],
    request: Request,
    *,
    capacity: int,
    sessions: Sequence[Seated] = (),
    party: int = 1,
) -> dict[int, int]:
    """Each start of a class with its free seats, where at least `party` are left; ascending.

    `busy` leaves the calendar's own `sessions` out: another class cannot begin beside one, but guests may join it.
    """
    if party > capacity:
        return {}
    others = [*busy, *(Busy(one.start, one.end, "booking", rules.before, rules.after) for one in sessions)]
    free = dict.fromkeys(find_slots(schedule, rules, others, request), capacity)
    # Nothing but the class itself is in the way of those who join it, not even what began to overlap its buffers.
    times = set(find_slots(schedule, replace(rules, alignment="window", interval=1), (), request))
    for one in sessions:
        left = capacity - one.taken
        if left >= party and one.start in times:
            free[one.start] = left
    return {start: free[start] for start in sorted(free)}

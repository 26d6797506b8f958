"""Who of several free hosts takes an appointment, and why: one rule, so that everybody can be told the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Strategy = Literal["availability", "equal"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host who could take it. `booked`: appointments in the window that is counted; `last`: epoch minute of the
    latest time they were chosen, None if never. A higher `priority` is asked first; `weight` is their share.
    """

    host: str
    priority: int = 0
    weight: int = 1
    booked: int = 0
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """`reason`: wish (the guest's), owner (the contact's), only, priority, share, longest_ago, order."""

    host: str
    reason: str


def choose(
    free: Sequence[Candidate],
    team: Sequence[Candidate],
    *,
    strategy: Strategy = "availability",
    wish: str = "",
    owner: str = "",
) -> Choice:
    """Choose among the `free` hosts of a `team` (all of them, free or not). ValueError when nobody is free.

    The guest's wish comes first, then the contact's owner. `availability` takes the highest priority and in it whoever
    was chosen longest ago; `equal` keeps everybody's share of all appointments within one of what their weight asks
    for while all are free, and else takes whoever is furthest behind.
    """
    if not free:
        raise ValueError("nobody is free")
    hosts = {one.host for one in free}
    for named, reason in ((wish, "wish"), (owner, "owner")):
        if named in hosts:
            return Choice(named, reason)
    if len(free) == 1:
        return Choice(free[0].host, "only")
    return by_share(free, team) if strategy == "equal" else by_priority(free)


def by_priority(free: Sequence[Candidate]) -> Choice:
    top = max(one.priority for one in free)
    first = [one for one in free if one.priority == top]
    if len(first) == 1:
        return Choice(first[0].host, "priority")
    return longest_ago(first)


def longest_ago(free: Sequence[Candidate]) -> Choice:
    """Never chosen comes first; of two chosen at once the lower id, written down so that it is the same everywhere."""
    ranked = sorted(free, key=lambda one: (-1 if one.last is None else one.last, one.host))
    tie = ranked[0].last == ranked[1].last if len(ranked) > 1 else False
    return Choice(ranked[0].host, "order" if tie else "longest_ago")


def by_share(free: Sequence[Candidate], team: Sequence[Candidate]) -> Choice:
    """Tijdeman's rule for the chairman assignment problem (1980), which keeps every deviation below one.

    A host is due when the next appointment brings them at least `slack` behind; of those who are due the one whose
    next share is complete first is taken. When nobody free is due, whoever is furthest behind.
    """
    due, behind = set(due_hosts(team)), deficits(team)
    ranked = [one for one in free if one.host in due]
    if ranked:
        slack = slack_of(team)
        first = min(ranked, key=lambda one: ((one.booked + 1 - slack) / one.weight, rank(one)))
    else:
        first = min(free, key=lambda one: (-behind[one.host], rank(one)))
    return Choice(first.host, "share")


def deficits(team: Sequence[Candidate]) -> dict[str, Fraction]:
    """How far each host is behind their share once one more appointment is made; negative: ahead."""
    total, weights = sum(one.booked for one in team) + 1, sum(one.weight for one in team)
    return {one.host: Fraction(one.weight * total, weights) - one.booked for one in team}


def due_hosts(team: Sequence[Candidate]) -> Iterable[str]:
    slack = slack_of(team)
    return (host for host, behind in deficits(team).items() if behind >= slack)


def slack_of(team: Sequence[Candidate]) -> Fraction:
    return Fraction(1, max(2 * len(team) - 2, 1))


def rank(one: Candidate) -> tuple[int, int, str]:
    return (-one.priority, -1 if one.last is None else one.last, one.host)

"""What the types with several seats have in common: guests join a time until its seats are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admitone.logic.kinds.kind import Kind, Team
from admitone.logic.openings import NO_LIMIT, Openings, OpenTime
from admitone.logic.rules import Busy, Reason
from admitone.logic.teams import Seated
from admitone.logic.waiting import Held, left

MAX_SEATS = 10_000


class WithSeats(Kind):
    """Several guests at a time, each in a seat."""

    seated = True

    def capacity_fault(self, team: Team) -> str:
        return "" if 1 <= team.capacity <= MAX_SEATS else f"Enter a whole number from 1 to {MAX_SEATS}."

    def slots(self, asked: Openings) -> list[int]:
        return list(asked.seats())

    def times(self, asked: Openings) -> list[OpenTime]:
        if not asked.plan.capacity:
            return super().times(asked)
        return [OpenTime(start, n) for start, n in asked.seats().items()]

    def beside(self, asked: Openings) -> Sequence[Busy]:
        """What keeps a time from beginning that has no guests yet."""
        return asked.busy

    def taken(self, asked: Openings, start: int) -> str | None:
        """Owners are bound by what is kept for a guest, not by the queue."""
        session, held = asked.session(start), asked.held.get(start, Held())
        if _room(asked, session) - held.seats < asked.party and (session or start in asked.held):
            return "SEATS"
        return None if session else self.barred(asked, start)

    def barred(self, asked: Openings, start: int) -> str | None:
        """The reason code against another time that begins, for an owner."""
        return "BOOKED" if asked.clashes(start, self.beside(asked)) else None

    def reasons(self, asked: Openings, start: int) -> list[Reason]:
        session = asked.session(start)
        return self._unbegun(asked, start) if session is None else self._begun(asked, session)

    def _unbegun(self, asked: Openings, start: int) -> list[Reason]:
        capacity, found = asked.plan.capacity, asked.against(start, self.beside(asked))
        if capacity and asked.party > capacity:
            return [Reason("SEATS", Busy(start, start, "booking"), f"0/{capacity}"), *found]
        kept = start in asked.held and not found and asked.at(start).room().get(start, 0) < asked.party
        return [_kept(asked, start)] if kept else found

    def _begun(self, asked: Openings, session: Seated) -> list[Reason]:
        """Whoever joins is bound by the time alone, not by the grid it may have left."""
        start, free = session.start, _room(asked, session)
        general = asked.against(start, (), replace(asked.plan.rules, alignment="window", interval=1))
        if left(free, asked.held.get(start)) >= asked.party:
            return general
        if free >= asked.party:
            return [_kept(asked, start), *general]
        block = Busy(session.start, session.end, "booking")
        return [Reason("SEATS", block, f"{session.taken}/{asked.plan.capacity or NO_LIMIT}"), *general]


def _room(asked: Openings, session: Seated | None) -> int:
    """Free seats, whatever is kept for those who wait."""
    return (asked.plan.capacity or NO_LIMIT) - (session.taken if session else 0)


def _kept(asked: Openings, start: int) -> Reason:
    """The free seats of a time belong to those who wait for it."""
    return Reason("SEATS", Busy(start, start + asked.plan.rules.duration, "booking"), "waiting list")

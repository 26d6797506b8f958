"""Taking a time under the hosts' lock: who has it, which session and seats it is, and giving it back.

The database's own guards have the last word; what they refuse is rolled back to a savepoint, and the next host is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Count, Max

from admitone.booking.guards import OVERLAP, OVERSOLD
from admitone.booking.models import TOGETHER, Booking, Occupancy, Seat, Session
from admitone.booking.queries import COUNTED, joinable, local_day
from admitone.booking.services.keeping import end_empty
from admitone.contacts.models import Contact
from admitone.logic.assignment import Candidate, choose
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.openings import NO_LIMIT, Openings
from admitone.logic.plan import CalendarPlan
from admitone.logic.teams import needed
from admitone.statements import insert_all

#: The reason of an appointment that moves and keeps its host.
SAME = "same"


@dataclass(frozen=True, slots=True)
class Taken:
    """A session in which somebody has room. `seats` are the free ones to take; `reason` says why this host."""

    session: Session
    host_id: UUID
    reason: str = ""
    seats: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Preference:
    """What a round robin chooses by, beside its own rule. `stay` keeps the host of an appointment that moves."""

    now: datetime
    contact_id: UUID | None = None
    wish: str = ""
    stay: str = ""


def take(asked: Openings, start: int, prefer: Preference, *, by_hand: bool = False) -> Taken:
    """Take a start that was not refused. Problem slot_taken if the database knows better."""
    plan = asked.plan
    takers = asked.takers(start, by_hand=by_hand)
    if plan.kind == "round_robin":
        return _take_one(plan, start, takers, prefer)
    if plan.kind == "collective":
        return _take_all(asked, start, takers)
    if plan.kind in ("class", "event"):
        return _take_seat(plan, start, asked.party)
    return Taken(_open(plan, start, takers), UUID(takers[0]))


def sit(taken: Taken, booking: Booking) -> None:
    """Give the booking its seats. Problem slot_taken for one that was sold behind the application's back."""
    rows = [Seat(session=taken.session, n=n, booking=booking) for n in taken.seats]
    if taken.session.capacity == 1:
        insert_all(rows, strictly=True)
        return
    try:
        with transaction.atomic():
            insert_all(rows, strictly=True)
    except DatabaseError as error:
        if OVERSOLD in str(error) or isinstance(error, IntegrityError):
            raise Problem("slot_taken", reason="SEATS") from error
        raise


def release(booking: Booking) -> None:
    """Give back the booking's seats; the last seat also frees the hosts, unless somebody waits for one.

    The session is locked first, so that nobody joins it between the look at its seats and its end.
    """
    rows = Session.objects.select_for_update(of=("self",)).filter(seat_rows__booking=booking)
    sessions = set(rows.values_list("id", flat=True))
    Seat.objects.filter(booking=booking).delete()
    end_empty(Session.objects.filter(id__in=sessions))


def _open(plan: CalendarPlan, start: int, hosts: Sequence[str], capacity: int = 1) -> Session:
    """Insert a session and block its hosts. Problem slot_taken ends the caller's transaction."""
    rules = plan.rules
    session = Session(
        id=uuid7(),
        account_id=UUID(plan.account_id),
        calendar_id=UUID(plan.calendar_id),
        start_min=start,
        end_min=start + rules.duration,
        capacity=capacity,
    )
    rows = [
        Occupancy(
            id=uuid7(),
            session=session,
            host_id=UUID(host),
            start_min=start,
            end_min=start + rules.duration,
            buffer_before=rules.before,
            buffer_after=rules.after,
        )
        for host in hosts
    ]
    try:
        insert_all([session], strictly=True)
        insert_all(rows, strictly=True)
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise Problem("slot_taken", reason="BOOKED") from error
        raise
    return session


@transaction.atomic
def _try(plan: CalendarPlan, start: int, hosts: Sequence[str]) -> Session:
    """The same, or nothing: after a Problem other hosts can be tried."""
    return _open(plan, start, hosts)


def _take_one(plan: CalendarPlan, start: int, free: Sequence[str], prefer: Preference) -> Taken:
    """One host of a round robin; the next one if the database refuses."""
    team = _candidates(plan, prefer.now) if len(free) > 1 else [Candidate(host) for host in free]
    owner = _owner_host(plan, prefer.contact_id) if len(free) > 1 else ""
    left = [one for one in team if one.host in free]
    while left:
        stays = prefer.stay and any(one.host == prefer.stay for one in left)
        wish = prefer.stay if stays else prefer.wish
        choice = choose(left, team, strategy=plan.strategy, wish=wish, owner=owner)
        try:
            session = _try(plan, start, [choice.host])
        except Problem:
            left = [one for one in left if one.host != choice.host]
            continue
        return Taken(session, UUID(choice.host), SAME if stays else choice.reason)
    raise Problem("slot_taken", reason="BOOKED")


def _candidates(plan: CalendarPlan, now: datetime) -> list[Candidate]:
    """The whole team with its appointments since `count_days` ago and those ahead: one statement."""
    since = local_day(plan, to_min_floor(now)) - timedelta(days=plan.count_days)
    rows = Booking.objects.filter(calendar_id=plan.calendar_id, local_date__gte=since, status__in=COUNTED)
    found = {
        str(host): (count, last)
        for host, count, last in rows.values_list("host_id").annotate(Count("id"), Max("created_at"))
    }
    return [
        Candidate(host.id, host.priority, host.weight, count, None if last is None else round(last.timestamp() * 1e6))
        for host in plan.hosts
        for count, last in [found.get(host.id, (0, None))]
    ]


def _owner_host(plan: CalendarPlan, contact_id: UUID | None) -> str:
    """The host who is the contact's owner; "" if that is none of the team."""
    if contact_id is None or not any(host.user_id for host in plan.hosts):
        return ""
    owner = Contact.objects.filter(id=contact_id).values_list("owner_id", flat=True).first()
    return next((host.id for host in plan.hosts if owner and host.user_id == str(owner)), "")


def _take_all(asked: Openings, start: int, hosts: Sequence[str]) -> Taken:
    """Every required host and those optional ones who are free; without the optional ones if one of them is not."""
    required = [member.host for member in needed(asked.members)]
    try:
        session = _try(asked.plan, start, hosts)
    except Problem:
        if len(hosts) == len(required):
            raise
        session = _open(asked.plan, start, required)
    return Taken(session, UUID(required[0]), TOGETHER)


def _take_seat(plan: CalendarPlan, start: int, party: int) -> Taken:
    """The lowest free seats of the session at that start, or a new session. An event blocks nobody."""
    room = plan.capacity or NO_LIMIT
    session = _running(plan, start)
    if session is None:
        hosts = [plan.hosts[0].id] if plan.kind == "class" else []
        session = _open(plan, start, hosts, capacity=room)
    elif session.capacity < room:
        Session.objects.filter(id=session.id).update(capacity=room)
        session.capacity = room
    taken = set(Seat.objects.filter(session=session).values_list("n", flat=True))
    seats = tuple(n for n in range(min(room, len(taken) + party)) if n not in taken)[:party]
    if len(seats) < party or len(taken) + party > room:
        raise Problem("slot_taken", reason="SEATS")
    return Taken(session, _leader(plan, session), seats=seats)


def _running(plan: CalendarPlan, start: int) -> Session | None:
    rows = Session.objects.select_for_update(of=("self",))
    rows = rows.filter(calendar_id=plan.calendar_id, start_min=start, end_min=start + plan.rules.duration)
    found = [row for row in rows.order_by("id") if joinable(plan, row.start_min, row.end_min, row.capacity)]
    return found[0] if found else None


def _leader(plan: CalendarPlan, session: Session) -> UUID:
    """Who gives a class that exists already may be another host than the calendar has now."""
    found: Any = None
    if plan.kind == "class":
        found = Occupancy.objects.filter(session=session).values_list("host_id", flat=True).first()
    return found or UUID(plan.hosts[0].id)

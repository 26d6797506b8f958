"""The heart of a booking, inside the transaction of whoever calls: lock the host, ask again, take the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from admitone.booking.guards import OVERLAP
from admitone.booking.models import Booking, Occupancy, Seat, Session
from admitone.booking.queries import db_id, local_day, openings
from admitone.contacts.services import find_or_create
from admitone.events import Actor, Draft
from admitone.logic.bookings import GuestRequest
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import EARLIEST, LATEST, Busy, refusal

LOCK = (
    "SELECT c.plan_version, c.deleted_at FROM calendars_calendar c JOIN calendars_calendarhost ch ON ch.calendar_id = c.id "
    "JOIN calendars_host h ON h.id = ch.host_id WHERE c.id = %s ORDER BY h.id"
)
#: Reasons that mean "somebody or something is there now"; every other one means the time was never on offer.
LOST = frozenset({"BUSY", "BOOKED", "BUFFER", "DAYLIMIT", "WEEKLIMIT", "MONTHLIMIT"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked. `booking_id` is chosen by the caller, who may have promised it under an idempotency key."""

    booking_id: UUID
    plan: CalendarPlan
    start: int
    guest: GuestRequest
    source: str
    link_id: UUID | None = None
    contact_id: UUID | None = None
    offered: list[list[int]] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    by_hand: bool = False


class PlanChanged(Exception):
    """The calendar was edited between the page's read and the lock: the caller reads it again."""


def reserve(wish: Wish, *, actor: Actor, now: datetime) -> tuple[Booking, list[Draft]]:
    """Take the time and write the booking; returns the events for the caller to record in the same transaction.

    Raises Problem slot_taken or slot_unavailable, and PlanChanged. Call it inside `transaction.atomic()`.
    """
    plan = wish.plan
    lock_hosts(plan)
    check_open(plan, wish.start, now=now, offered=wish.offered, by_hand=wish.by_hand)
    session = take_time(plan, wish.start)
    contact_id, made = _contact(wish, actor, now)
    booking = _booking(wish, contact_id, now)
    Booking.objects.bulk_create([booking])
    Seat.objects.bulk_create([Seat(session=session, n=0, booking=booking)])
    created = Draft(booking.account_id, actor, now, "booking.created", "booking", booking.id, facts_of(booking))
    return booking, [created, *([made] if made else [])]


#: PostgreSQL: no edit of the calendar may commit before this booking does. Neither lock bars rows that refer to these.
LOCKING = " FOR SHARE OF c FOR NO KEY UPDATE OF h"


def lock_hosts(plan: CalendarPlan) -> None:
    """Lock the calendar's hosts in id order (PostgreSQL; SQLite's write lock is already held) and check the plan's age."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK + (LOCKING if connection.vendor == "postgresql" else ""), [db_id(plan.calendar_id)])
        rows = cursor.fetchall()
    if not rows or any(version != plan.version or deleted is not None for version, deleted in rows):
        raise PlanChanged


def check_open(
    plan: CalendarPlan,
    start: int,
    *,
    now: datetime,
    offered: list[list[int]] | None = None,
    by_hand: bool = False,
    exclude_booking: UUID | None = None,
) -> None:
    """The same question as the page's, for one start, under the lock. By hand only taken time is refused."""
    if not EARLIEST <= start < LATEST:  # beyond them neither databases nor dates can count
        raise Problem("slot_unavailable")
    asked = openings(
        plan, now=now, first=start, end=start + 1, offered=offered, booking=True, exclude_booking=exclude_booking
    )
    if by_hand:
        _check_free(plan, start, asked.busy)
        return
    if not plan.active:
        raise Problem("calendar_paused")
    reason = refusal(plan.schedule, plan.rules, asked.busy, asked.request, start)
    if reason in LOST:
        raise Problem("slot_taken", reason=reason)
    if reason:
        raise Problem("slot_unavailable", reason=reason)


def _check_free(plan: CalendarPlan, start: int, busy: Sequence[Busy]) -> None:
    end = start + plan.rules.duration
    if any(block.kind != "unreadable" and block.start < end and block.end > start for block in busy):
        raise Problem("slot_taken", "Something else is already at that time.")


def take_time(plan: CalendarPlan, start: int) -> Session:
    """Insert session and occupancy. The database's own guard has the last word: Problem slot_taken."""
    rules = plan.rules
    end = start + rules.duration
    session = Session(
        id=uuid7(),
        account_id=UUID(plan.account_id),
        calendar_id=UUID(plan.calendar_id),
        start_min=start,
        end_min=end,
        capacity=1,
    )
    occupied = Occupancy(
        id=uuid7(),
        session=session,
        host_id=UUID(plan.hosts[0].id),
        start_min=start,
        end_min=end,
        buffer_before=rules.before,
        buffer_after=rules.after,
    )
    try:
        with transaction.atomic():
            Session.objects.bulk_create([session])
            Occupancy.objects.bulk_create([occupied])
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise Problem("slot_taken", reason="BOOKED") from error
        raise
    return session


def release(booking: Booking) -> None:
    """Give back the booking's seats; the last seat also frees the host."""
    sessions = list(Seat.objects.filter(booking=booking).values_list("session_id", flat=True))
    Seat.objects.filter(booking=booking).delete()
    Session.objects.filter(id__in=sessions, seat_rows=None).delete()


def facts_of(booking: Booking, **more: Any) -> dict[str, Any]:
    """Ids and states only: an event never holds personal data."""
    return {
        "booking": str(booking.id),
        "calendar": str(booking.calendar_id),
        "contact": str(booking.contact_id),
        "host": str(booking.host_id),
        "link": str(booking.one_time_link_id) if booking.one_time_link_id else None,
        "source": booking.source,
        "status": booking.status,
        "start_min": booking.start_min,
        "end_min": booking.end_min,
        "sequence": booking.sequence,
        **more,
    }


def _contact(wish: Wish, actor: Actor, now: datetime) -> tuple[UUID, Draft | None]:
    if wish.contact_id:
        return wish.contact_id, None
    return find_or_create(
        account_id=UUID(wish.plan.account_id),
        name=wish.guest.name,
        email=wish.guest.email,
        phone=wish.guest.phone,
        timezone=wish.guest.timezone,
        locale=wish.guest.locale,
        source="booking",
        actor=actor,
        now=now,
    )


def _booking(wish: Wish, contact_id: UUID, now: datetime) -> Booking:
    plan, guest = wish.plan, wish.guest
    return Booking(
        id=wish.booking_id,
        account_id=UUID(plan.account_id),
        calendar_id=UUID(plan.calendar_id),
        contact_id=contact_id,
        host_id=UUID(plan.hosts[0].id),
        one_time_link_id=wish.link_id,
        status="confirmed",
        start_min=wish.start,
        end_min=wish.start + plan.rules.duration,
        local_date=local_day(plan, wish.start),
        name=guest.name,
        email=guest.email,
        phone=guest.phone,
        note=guest.note,
        consent_text=plan.consent_text if guest.consent else "",
        consent_version=plan.consent_version if guest.consent else 0,
        consent_at=now if guest.consent else None,
        location_kind=plan.location_kind,
        location=plan.location,
        guest_timezone=guest.timezone,
        guest_locale=guest.locale,
        offered=wish.offered,
        source=wish.source,
        metadata=dict(wish.metadata),
        utm=dict(guest.utm),
        created_at=now,
        updated_at=now,
    )

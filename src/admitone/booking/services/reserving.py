"""The heart of a booking, inside the transaction of whoever calls: lock the host, ask again, take the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from admitone.booking.models import Booking
from admitone.booking.queries import ahead_of, db_id, local_day, openings
from admitone.booking.services.answers import keep_custom
from admitone.booking.services.taking import Preference, Taken, sit, take
from admitone.calendars.places import place_of
from admitone.contacts.services import find_or_create
from admitone.events import Actor, Draft
from admitone.logic.bookings import GuestRequest
from admitone.logic.clock import from_min
from admitone.logic.errors import Problem
from admitone.logic.openings import Openings
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import EARLIEST, LATEST
from admitone.logic.wishes import for_host, for_length
from admitone.statements import insert_all

LOCK = (
    "SELECT c.plan_version, c.deleted_at FROM calendars_calendar c JOIN calendars_calendarhost ch ON ch.calendar_id = c.id "
    "JOIN calendars_host h ON h.id = ch.host_id WHERE c.id = %s ORDER BY h.id"
)
#: Reasons that mean "somebody or something is there now"; every other one means the time was never on offer.
LOST = frozenset({"BUSY", "BOOKED", "BUFFER", "DAYLIMIT", "WEEKLIMIT", "MONTHLIMIT", "HOSTLIMIT", "SEATS"})


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
    host: str = ""  # the one the guest chose, where the calendar lets them
    duration: int | None = None  # one of the calendar's lengths that the guest chose
    terms: Mapping[str, Any] = field(default_factory=dict)  # what the link agreed on: see logic.wishes.with_terms
    location: str = ""  # instead of the calendar's
    series_id: UUID | None = None
    series_n: int = 0
    stay: str = ""  # the host of the earlier dates of a series


class PlanChanged(Exception):
    """The calendar was edited between the page's read and the lock: the caller reads it again."""


def reserve(wish: Wish, *, actor: Actor, now: datetime) -> tuple[Booking, list[Draft]]:
    """Take the time and write the booking; returns the events for the caller to record in the same transaction.

    Raises Problem slot_taken or slot_unavailable, and PlanChanged. Call it inside `transaction.atomic()`.
    """
    lock_hosts(wish.plan)
    wish = replace(wish, plan=for_length(for_host(wish.plan, wish.host, by_hand=wish.by_hand), wish.duration))
    asked = check_open(
        wish.plan,
        wish.start,
        now=now,
        offered=wish.offered,
        by_hand=wish.by_hand,
        party=wish.guest.party,
        link=wish.link_id,
    )
    contact_id, made = _contact(wish, actor, now)
    made = keep_custom(wish.plan, wish.guest, contact_id, made, actor, now)
    if not wish.by_hand:
        check_contact(wish.plan, contact_id, now)
    taken = take(asked, wish.start, Preference(now, contact_id, wish.host, wish.stay), by_hand=wish.by_hand)
    booking = _booking(wish, taken, contact_id, now)
    insert_all([booking], strictly=True)
    sit(taken, booking)
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
    party: int = 1,
    link: UUID | None = None,
) -> Openings:
    """The same question as the page's, for one start, under the lock. By hand only taken time is refused."""
    if not EARLIEST <= start < LATEST:  # beyond them neither databases nor dates can count
        raise Problem("slot_unavailable")
    asked = openings(
        plan,
        now=now,
        first=start,
        end=start + 1,
        offered=offered,
        booking=True,
        exclude_booking=exclude_booking,
        party=party,
        link=link,
    )
    if not plan.active and not by_hand:
        raise Problem("calendar_paused")
    reason = asked.refusal(start, by_hand=by_hand)
    if reason and by_hand:
        raise Problem("slot_taken", "Something else is already at that time.")
    if reason in LOST:
        raise Problem("slot_taken", reason=reason)
    if reason:
        raise Problem("slot_unavailable", reason=reason)
    return asked


def check_contact(plan: CalendarPlan, contact_id: UUID, now: datetime) -> None:
    """Problem("contact_limit") for somebody who has all the appointments ahead that one guest may have.

    Under the hosts' lock, so that two bookings of one guest do not each miss the other.
    """
    if plan.per_contact_limit is not None and ahead_of(plan, contact_id, now) >= plan.per_contact_limit:
        raise Problem("contact_limit")


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
        **({"series": str(booking.series_id)} if booking.series_id else {}),
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


def _booking(wish: Wish, taken: Taken, contact_id: UUID, now: datetime) -> Booking:
    plan, guest = wish.plan, wish.guest
    waits = plan.approval and not wish.by_hand
    return Booking(
        id=wish.booking_id,
        account_id=UUID(plan.account_id),
        calendar_id=UUID(plan.calendar_id),
        contact_id=contact_id,
        host_id=taken.host_id,
        host_reason=taken.reason,
        seats=len(taken.seats),
        one_time_link_id=wish.link_id,
        status="pending" if waits else "confirmed",
        answer_by=answer_by(plan, wish.start, now) if waits else None,
        guests=[dict(one) for one in guest.guests],
        series_id=wish.series_id,
        series_n=wish.series_n,
        form_id=UUID(plan.form_id) if plan.form_id and guest.form_version else None,
        form_version=guest.form_version,
        answers=dict(guest.answers),
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
        location=place_of(plan, taken.host_id, wish.booking_id, said=guest.place, instead=wish.location),
        guest_timezone=guest.timezone,
        guest_locale=guest.locale,
        offered=wish.offered,
        terms=dict(wish.terms),
        source=wish.source,
        metadata=dict(wish.metadata),
        utm=dict(guest.utm),
        created_at=now,
        updated_at=now,
    )


def answer_by(plan: CalendarPlan, start: int, now: datetime) -> datetime:
    """Until when the host may answer a request: so many hours, at the latest its start."""
    return min(now + timedelta(hours=plan.approval_hours), from_min(start))

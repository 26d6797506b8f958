"""What happens to a booking afterwards: cancel, reschedule, no-show. A used link stays used through all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.booking.models import Booking
from admitone.booking.queries import local_day
from admitone.booking.retrying import retrying
from admitone.booking.services.reserving import PlanChanged, answer_by, check_open, lock_hosts
from admitone.booking.services.rows import hushed, locked, reason_of, save, tell
from admitone.booking.services.taking import Preference, release, sit, take
from admitone.calendars.places import moved_place
from admitone.calendars.services import refresh_stale
from admitone.events import Actor
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_zone
from admitone.logic.plan import CalendarPlan
from admitone.logic.wishes import for_move

ACTIVE = ("pending", "confirmed")


def cancel(
    *,
    account_id: UUID,
    booking_id: UUID,
    actor: Actor,
    now: datetime,
    by: str,
    reason: str = "",
    quiet: bool = False,
) -> Booking:
    """Free the time and say why. `by` is guest (the calendar's policy applies) or host; `quiet` tells the guest nothing."""
    return retrying(lambda: cancel_in(account_id, booking_id, actor, now, by, reason, quiet))


@transaction.atomic
def cancel_in(
    account_id: UUID,
    booking_id: UUID,
    actor: Actor,
    now: datetime,
    by: str,
    reason: str,
    quiet: bool = False,
    **facts: Any,
) -> Booking:
    """`cancel` as a part of a transaction; `facts` join the event."""
    booking = locked(account_id, booking_id)
    was = booking.status
    # A request can always be withdrawn: nobody counts on it yet.
    if was != "pending" or booking.end_min <= to_min_floor(now):
        _check_change(booking, now=now, by=by, allowed=booking.calendar.guest_can_cancel)
    release(booking)
    booking.status, booking.cancelled_at, booking.cancelled_by = "cancelled", now, by
    booking.cancel_reason = reason_of(reason)
    booking.sequence += 1
    booking.answer_by = None
    save(booking, now, "status", "cancelled_at", "cancelled_by", "cancel_reason", "sequence", "answer_by")
    more = ({"was": was} if was == "pending" else {}) | hushed(quiet) | facts
    tell(booking, "booking.cancelled", actor, now, by=by, **more)
    return booking


def reschedule(
    *,
    account_id: UUID,
    booking_id: UUID,
    start: int,
    actor: Actor,
    now: datetime,
    by: str,
    timezone: str | None = None,
    by_hand: bool | None = None,
    quiet: bool = False,
) -> Booking:
    """Swap the time in one transaction; the old one is free only if the new one was. `start` is an epoch minute.

    `by_hand` (default: when the host does it) ignores hours and notice, never taken time. Where appointments need an
    approval, a guest's new time needs it too, and a host's move of a request is its approval. `quiet`: the guest is told
    nothing.
    """
    row = Booking.objects.select_related("calendar").filter(id=booking_id, account_id=account_id).first()
    if row is None:
        raise Problem("not_found")
    refresh_stale(host_ids=[host.id for host in row.calendar.compiled.hosts], now=now)
    freely = by == "host" if by_hand is None else by_hand
    for _ in range(3):
        try:
            return retrying(lambda: _reschedule(account_id, booking_id, start, actor, now, by, timezone, freely, quiet))
        except PlanChanged:
            continue
    raise Problem("slot_unavailable")


@transaction.atomic
def _reschedule(
    account_id: UUID,
    booking_id: UUID,
    start: int,
    actor: Actor,
    now: datetime,
    by: str,
    timezone: str | None,
    by_hand: bool,
    quiet: bool,
) -> Booking:
    booking = locked(account_id, booking_id)
    _check_change(booking, now=now, by=by, allowed=booking.calendar.guest_can_reschedule)
    if booking.calendar.deleted_at is not None:
        raise Problem("calendar_paused" if by == "guest" else "calendar_deleted")
    plan = for_move(booking.calendar.compiled, booking.end_min - booking.start_min, booking.terms, by=by)
    if start == booking.start_min:
        return booking
    lock_hosts(plan)
    offered = booking.offered if by == "guest" else None
    asked = check_open(
        plan, start, now=now, offered=offered, by_hand=by_hand, exclude_booking=booking.id, party=booking.seats
    )
    old_start, old_host = booking.start_min, booking.host_id
    release(booking)
    stay = Preference(now, booking.contact_id, stay=str(old_host))
    taken = take(asked, start, stay, by_hand=by_hand)
    sit(taken, booking)
    was = booking.status
    _move(booking, plan, start, timezone)
    booking.seats = len(taken.seats)  # a party's calendar may be one of single appointments by now
    booking.status = "pending" if by == "guest" and (plan.approval or was == "pending") else "confirmed"
    booking.answer_by = answer_by(plan, start, now) if booking.status == "pending" else None
    booking.location = moved_place(plan, booking, old_host, taken.host_id)
    booking.host_id = taken.host_id
    # Whoever keeps the appointment keeps it for the reason they got it.
    booking.host_reason = booking.host_reason if taken.host_id == old_host else taken.reason
    save(booking, now, *MOVED)
    moved = {"old_host": str(old_host)} if old_host != booking.host_id else {}
    answered = ({"was": was} if was != booking.status else {}) | hushed(quiet)
    tell(booking, "booking.rescheduled", actor, now, by=by, old_start_min=old_start, **moved, **answered)
    if was == "pending" and booking.status == "confirmed":
        tell(booking, "booking.confirmed", actor, now, moved=True, **hushed(quiet))
    return booking


MOVED = (
    "start_min",
    "end_min",
    "local_date",
    "rescheduled_from_min",
    "sequence",
    "seats",
    "host_id",
    "location",
    "host_reason",
    "guest_timezone",
    "status",
    "answer_by",
)


def _move(booking: Booking, plan: CalendarPlan, start: int, timezone: str | None) -> None:
    booking.rescheduled_from_min = booking.start_min
    booking.start_min, booking.end_min = start, start + plan.rules.duration
    booking.local_date = local_day(plan, start)
    booking.sequence += 1
    if timezone:
        try:
            booking.guest_timezone = clean_zone(timezone)
        except ValueError as error:
            raise Problem("invalid", fields={"timezone": str(error)}) from error


@transaction.atomic
def mark_no_show(*, account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, undo: bool = False) -> Booking:
    """Say that the guest did not come (or, with `undo`, that this was a mistake); only once it has begun."""
    booking = locked(account_id, booking_id)
    came = "completed" if booking.completed_at else "confirmed"
    wanted, found = (came, "no_show") if undo else ("no_show", came)
    if booking.status == wanted:
        return booking
    if booking.status != found or booking.start_min > to_min_floor(now):
        raise Problem("booking_not_active", "Only an appointment that has begun can be marked as a no-show.")
    booking.status = wanted
    save(booking, now, "status")
    tell(booking, "booking.no_show" if not undo else "booking.no_show_undone", actor, now)
    return booking


def _check_change(booking: Booking, *, now: datetime, by: str, allowed: bool) -> None:
    minute = to_min_floor(now)
    if booking.status not in ACTIVE or booking.end_min <= minute:
        raise Problem("booking_not_active")
    if by == "guest" and (not allowed or booking.start_min - booking.calendar.change_cutoff <= minute):
        raise Problem("booking_locked")

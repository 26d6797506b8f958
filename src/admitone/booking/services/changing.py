"""What happens to a booking afterwards: confirm, cancel, reschedule, no-show. A used link stays used through all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.booking.models import Booking
from admitone.booking.queries import local_day
from admitone.booking.retrying import retrying
from admitone.booking.services.reserving import PlanChanged, check_open, facts_of, lock_hosts
from admitone.booking.services.taking import Preference, release, sit, take
from admitone.calendars.services import refresh_stale
from admitone.events import Actor, record
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_text, clean_zone
from admitone.logic.plan import CalendarPlan

ACTIVE = ("pending", "confirmed")


def cancel(*, account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, by: str, reason: str = "") -> Booking:
    """Free the time and say why. `by` is guest (the calendar's policy applies) or host."""
    return retrying(lambda: _cancel(account_id, booking_id, actor, now, by, reason))


@transaction.atomic
def _cancel(account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, by: str, reason: str) -> Booking:
    booking = _locked(account_id, booking_id)
    _check_change(booking, now=now, by=by, allowed=booking.calendar.guest_can_cancel)
    release(booking)
    booking.status, booking.cancelled_at, booking.cancelled_by = "cancelled", now, by
    booking.cancel_reason = _reason(reason)
    booking.sequence += 1
    _save(booking, now, "status", "cancelled_at", "cancelled_by", "cancel_reason", "sequence")
    _tell(booking, "booking.cancelled", actor, now, by=by)
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
) -> Booking:
    """Swap the time in one transaction; the old one is free only if the new one was. `start` is an epoch minute.

    `by_hand` (default: when the host does it) ignores hours and notice, never taken time.
    """
    row = Booking.objects.select_related("calendar").filter(id=booking_id, account_id=account_id).first()
    if row is None:
        raise Problem("not_found")
    refresh_stale(host_ids=[host.id for host in row.calendar.compiled.hosts], now=now)
    freely = by == "host" if by_hand is None else by_hand
    for _ in range(3):
        try:
            return retrying(lambda: _reschedule(account_id, booking_id, start, actor, now, by, timezone, freely))
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
) -> Booking:
    booking = _locked(account_id, booking_id)
    _check_change(booking, now=now, by=by, allowed=booking.calendar.guest_can_reschedule)
    if booking.calendar.deleted_at is not None:
        raise Problem("calendar_paused")
    plan = booking.calendar.compiled
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
    _move(booking, plan, start, timezone)
    booking.host_id = taken.host_id
    # Whoever keeps the appointment keeps it for the reason they got it.
    booking.host_reason = booking.host_reason if taken.host_id == old_host else taken.reason
    _save(booking, now, *MOVED)
    moved = {"old_host": str(old_host)} if old_host != booking.host_id else {}
    _tell(booking, "booking.rescheduled", actor, now, by=by, old_start_min=old_start, **moved)
    return booking


MOVED = (
    "start_min",
    "end_min",
    "local_date",
    "rescheduled_from_min",
    "sequence",
    "host_id",
    "host_reason",
    "guest_timezone",
    "status",
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
def confirm(*, account_id: UUID, booking_id: UUID, actor: Actor, now: datetime) -> Booking:
    """Approve a pending booking; one that stands already is no change."""
    booking = _locked(account_id, booking_id)
    if booking.status == "confirmed":
        return booking
    if booking.status != "pending" or booking.end_min <= to_min_floor(now):
        raise Problem("booking_not_active")
    booking.status = "confirmed"
    _save(booking, now, "status")
    _tell(booking, "booking.confirmed", actor, now)
    return booking


@transaction.atomic
def mark_no_show(*, account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, undo: bool = False) -> Booking:
    """Say that the guest did not come (or, with `undo`, that this was a mistake); only once it has begun."""
    booking = _locked(account_id, booking_id)
    came = "completed" if booking.completed_at else "confirmed"
    wanted, found = (came, "no_show") if undo else ("no_show", came)
    if booking.status == wanted:
        return booking
    if booking.status != found or booking.start_min > to_min_floor(now):
        raise Problem("booking_not_active", "Only an appointment that has begun can be marked as a no-show.")
    booking.status = wanted
    _save(booking, now, "status")
    _tell(booking, "booking.no_show" if not undo else "booking.no_show_undone", actor, now)
    return booking


def _locked(account_id: UUID, booking_id: UUID) -> Booking:
    rows = Booking.objects.select_for_update(of=("self",)).select_related("calendar")
    booking = rows.filter(id=booking_id, account_id=account_id).first()
    if booking is None:
        raise Problem("not_found")
    return booking


def _check_change(booking: Booking, *, now: datetime, by: str, allowed: bool) -> None:
    minute = to_min_floor(now)
    if booking.status not in ACTIVE or booking.end_min <= minute:
        raise Problem("booking_not_active")
    if by == "guest" and (not allowed or booking.start_min - booking.calendar.change_cutoff <= minute):
        raise Problem("booking_locked")


def _reason(text: str) -> str:
    try:
        return clean_text(text, 1000)
    except ValueError as error:
        raise Problem("invalid", fields={"reason": str(error)}) from error


def _save(booking: Booking, now: datetime, *names: str) -> None:
    booking.updated_at = now
    booking.save(update_fields=[*(name.removesuffix("_id") for name in names), "updated_at"])


def _tell(booking: Booking, kind: str, actor: Actor, now: datetime, **more: Any) -> None:
    record(
        account_id=booking.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="booking",
        subject_id=booking.id,
        facts=facts_of(booking, **more),
    )

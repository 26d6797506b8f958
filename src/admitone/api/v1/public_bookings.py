"""What a guest can do with their own booking, by the token of its manage address: read, cancel, reschedule."""

from __future__ import annotations

from typing import Any

from ninja import Router
from pydantic import Field

from admitone.api.auth import Guest
from admitone.api.call import BookingRequest
from admitone.api.fields import At, Body, Flag, Id, Minute, Out, Reason, Zone, example
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED, Slots, Window, minutes, open_slots, times
from admitone.booking import queries, services
from admitone.booking.models import Booking
from admitone.booking.places import place_for_guest
from admitone.events import GUEST
from admitone.logic.clock import iso, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan

ACTIVE = ("pending", "confirmed")

router = Router(tags=["Public: bookings"], auth=Guest())


class PublicBooking(Out):
    """A booking as its guest sees it. One that is `pending` waits for the host's approval until `answer_by`, then it is
    declined."""

    id: Id
    status: str
    answer_by: At | None
    start: At
    end: At
    account: str
    calendar: str
    host: str
    timezone: str
    location_kind: str
    location: str
    name: str
    email: str
    phone: str
    note: str
    can_reschedule: bool
    can_cancel: bool


class Cancellation(Body):
    """Why, if there is a reason to tell."""

    model_config = example(reason="I am ill.")

    reason: Reason = ""
    following: Flag = Field(False, description="Of a series: this appointment and all that follow it.")


class Move(Body):
    """The new start; `timezone` is the guest's, for mails."""

    model_config = example(start="2026-11-06T15:00:00Z")

    start: Minute
    timezone: Zone | None = None


@router.get("/{token}", response=PublicBooking, summary="Look at a booking")
def get_public_booking(request: BookingRequest, token: str) -> dict[str, Any]:
    """The appointment and what its guest may still change."""
    return shown_to_guest(request.auth.booking, request.auth.plan, to_min_floor(request.call.now))


@router.get(
    "/{token}/slots",
    response=Slots,
    openapi_extra=refuses("booking_not_active", "booking_locked", "calendar_paused", "invalid"),
    summary="List times to move to",
    exclude_unset=True,
)
def list_public_booking_slots(request: BookingRequest, token: str, window: Window = WANTED) -> dict[str, Any]:
    """Open times, as if this booking were not there."""
    booking, plan, now = request.auth.booking, request.auth.plan, request.call.now
    _check_active(booking, to_min_floor(now))
    if not _may_change(booking, plan, to_min_floor(now), plan.guest_can_reschedule):
        raise Problem("booking_locked")
    if not plan.active:
        raise Problem("calendar_paused")
    wanted = minutes(window, now=now, timezone=booking.guest_timezone)
    found = queries.open_times(
        plan,
        now=now,
        first=wanted.first,
        end=wanted.end,
        offered=booking.offered,
        exclude_booking=booking.id,
        party=booking.seats,
    )
    return {"slots": open_slots(found, plan.rules.duration, hosts=False)}


@router.post(
    "/{token}/cancellation",
    response={201: PublicBooking},
    openapi_extra=refuses("booking_not_active", "booking_locked"),
    summary="Cancel a booking",
)
def cancel_public_booking(request: BookingRequest, token: str, payload: Cancellation | None = None) -> dict[str, Any]:
    """Free the time. A one-time link that made the booking stays used. Of a series `following` cancels all appointments
    from this one on."""
    booking = request.auth.booking
    act = services.cancel_following if payload and payload.following else services.cancel
    act(
        account_id=booking.account_id,
        booking_id=booking.id,
        actor=GUEST,
        now=request.call.now,
        by="guest",
        reason=payload.reason if payload else "",
    )
    return _again(request)


@router.post(
    "/{token}/reschedule",
    response={201: PublicBooking},
    openapi_extra=refuses("booking_not_active", "booking_locked", "calendar_paused", "slot_taken", "slot_unavailable"),
    summary="Reschedule a booking",
)
def reschedule_public_booking(request: BookingRequest, token: str, payload: Move) -> dict[str, Any]:
    """Swap the time in one step: the old one is given up only if the new one is free."""
    booking = request.auth.booking
    services.reschedule(
        account_id=booking.account_id,
        booking_id=booking.id,
        start=payload.start,
        actor=GUEST,
        now=request.call.now,
        by="guest",
        timezone=payload.timezone,
    )
    return _again(request)


def _again(request: BookingRequest) -> dict[str, Any]:
    booking = Booking.objects.select_related("host").get(id=request.auth.booking.id)
    return shown_to_guest(booking, request.auth.plan, to_min_floor(request.call.now))


def shown_to_guest(booking: Booking, plan: CalendarPlan, minute: int) -> dict[str, Any]:
    active = booking.status in ACTIVE and booking.end_min > minute
    return {
        **times(booking.start_min, booking.end_min),
        "id": str(booking.id),
        "status": booking.status,
        "answer_by": iso(booking.answer_by) if booking.answer_by else None,
        "account": plan.account_name,
        "calendar": plan.name,
        "host": ", ".join(host.name for host in queries.hosts_of(booking)),
        "timezone": booking.guest_timezone,
        "location_kind": booking.location_kind,
        "location": place_for_guest(booking, hidden=plan.location_hidden),
        "name": booking.name,
        "email": booking.email,
        "phone": booking.phone,
        "note": booking.note,
        "can_reschedule": active and plan.active and _may_change(booking, plan, minute, plan.guest_can_reschedule),
        "can_cancel": active
        and (booking.status == "pending" or _may_change(booking, plan, minute, plan.guest_can_cancel)),
    }


def _check_active(booking: Booking, minute: int) -> None:
    if booking.status not in ACTIVE or booking.end_min <= minute:
        raise Problem("booking_not_active")


def _may_change(booking: Booking, plan: CalendarPlan, minute: int, allowed: bool) -> bool:
    return allowed and booking.start_min - plan.change_cutoff_minutes > minute

"""Bookings of the account: list, read, make, cancel, reschedule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Header, Router
from pydantic import BaseModel, Field

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid, get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import (
    At,
    Email,
    Flag,
    Id,
    Language,
    Limit,
    Metadata,
    Minute,
    Moment,
    Name,
    Note,
    Out,
    Phone,
    Reason,
    Reference,
    Url,
    Utm,
    Zone,
    example,
)
from admitone.api.fields import Body as Payload
from admitone.api.intake import GuestAnswers
from admitone.api.openapi import refuses
from admitone.api.series import Dated, dates_of
from admitone.api.v1.public_bookings import Cancellation, Move
from admitone.api.windows import WANTED, instant_of
from admitone.api.wishes import Wishes, repeat_of
from admitone.booking import queries, services
from admitone.booking.models import Booking
from admitone.booking.payload import booking_view
from admitone.calendars.models import Host
from admitone.calendars.queries import by_id_or_slug
from admitone.contacts.models import Contact
from admitone.forms.services import keep_ruled_out
from admitone.logic.bookings import Disqualified, clean_guest
from admitone.logic.clock import to_min_ceil
from admitone.logic.errors import Problem

router = Router(tags=["Bookings"])
MOVING = ("booking_not_active", "calendar_deleted", "calendar_paused", "slot_taken", "slot_unavailable")
Source = Literal["one_time_link", "scheduling_link", "permanent_link", "by_hand", "api", "workflow"]
Status = Literal["pending", "confirmed", "cancelled", "declined", "completed", "no_show"]


class BookedHost(Out):
    """One of those who are met."""

    id: Id
    name: str


class Companion(Out):
    """Another one of the party."""

    name: str
    email: str


class Place(Out):
    """A booking's place in its series, from 1; `id` is that of the series."""

    id: Id
    n: int


class BookingOut(Out):
    """An appointment as its owner sees it; `link` is the one-time link that made it. `host` leads it, `hosts` are all
    who are met, `host_reason` says why this host: wish, owner, only, priority, share, longest_ago, order, same,
    together, or nothing where there was no choice."""

    id: Id
    status: Status
    start: At
    end: At
    calendar: Id
    contact: Id
    link: Id | None
    host: Id
    host_name: str
    host_reason: str
    hosts: list[BookedHost]
    seats: int
    guests: list[Companion]
    series: Place | None
    answer_by: At | None
    answers: dict[str, Any]
    name: str
    email: str
    phone: str
    note: str
    timezone: str
    locale: str
    location_kind: str
    location: str
    consent_at: At | None
    source: str
    metadata: dict[str, Any]
    utm: dict[str, Any]
    sequence: int
    manage_url: Url
    rescheduled_from: At | None
    cancelled_at: At | None
    cancelled_by: str
    cancel_reason: str
    created_at: At
    updated_at: At


class BookedOut(BookingOut):
    """What was booked; `bookings` are all appointments of a series, this one among them, none of a single one."""

    bookings: list[Dated]


class Bookings(Out):
    """A page of bookings, the newest first."""

    items: list[BookingOut]
    next_cursor: str | None


class NewBooking(Wishes):
    """An appointment made by a program, on the calendar's own terms."""

    model_config = example(
        calendar="first-consultation",
        start="2026-11-06T14:00:00Z",
        name="Ada Lovelace",
        email="ada@example.com",
        timezone="Europe/London",
    )

    calendar: Annotated[Reference, Field(description="Id or slug.")]
    start: Minute
    name: Annotated[Name, Field(description="Needed unless the calendar's form asks for it.")] | None = None
    email: Email | None = None
    answers: GuestAnswers | None = None
    phone: Phone | None = None
    note: Note | None = None
    place: Place | None = None
    consent: Flag | None = None
    host: Annotated[Reference, Field(description="Id of the host to meet, where guests may choose.")] | None = None
    timezone: Zone | None = None
    locale: Language | None = None
    metadata: Metadata = Field(default_factory=dict)
    utm: Utm | None = None


class Refusal(Payload):
    """Why, if there is a reason to tell the guest."""

    model_config = example(reason="That week is full.")

    reason: Reason = ""


class BookingFilter(BaseModel):
    """Which bookings to list: those that start from `from` until before `to` (a date as `to` is included)."""

    calendar: Reference | None = Field(None, description="Id or slug.")
    status: Status | None = None
    contact: Reference | None = Field(None, description="Id.")
    host: Reference | None = Field(None, description="Id; appointments with several hosts count for each of them.")
    source: Source | None = None
    series: Reference | None = Field(None, description="Id of a series.")
    since: Moment | None = Field(None, alias="from", description="An instant, or a date in `tz`.")
    to: Moment | None = Field(None, description="An instant, or a date in `tz`, that day included.")
    tz: Zone | None = Field(None, description="An IANA time zone for dates; default: the account's.")
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


@router.get("", response=Bookings, openapi_extra=refuses("not_found"), summary="List bookings")
def list_bookings(request: ApiRequest, wanted: BookingFilter = WANTED) -> dict[str, Any]:
    """The newest first. A filter that names a calendar, contact or host of nobody is `not_found`."""
    account = account_of(request)
    rows = queries.listing(
        account,
        calendar=by_id_or_slug(account, wanted.calendar).id if wanted.calendar else None,
        status=wanted.status,
        contact=get(account, Contact, wanted.contact).id if wanted.contact else None,
        host=host_of(account, wanted.host) if wanted.host else None,
        source=wanted.source,
        first=_minute(wanted.since, wanted, account),
        end=_minute(wanted.to, wanted, account, days=1),
    )
    if wanted.series:  # what is no id is that of nobody's series; None would be all single ones
        series = as_uuid(wanted.series)
        rows = rows.filter(series_id=series) if series else rows.none()
    bookings, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [booking_view(booking) for booking in bookings], "next_cursor": cursor}


@router.get("/{booking_id}", response=BookingOut, summary="Read a booking")
def get_booking(request: ApiRequest, booking_id: str) -> dict[str, Any]:
    return booking_view(get(account_of(request), Booking, booking_id, "host"))


@router.post(
    "",
    response={201: BookedOut},
    openapi_extra=refuses(
        *("not_found", "slot_taken", "slot_unavailable", "calendar_paused", "contact_limit"),
        *("series_conflict", "idempotency_key_reused"),
    ),
    summary="Book",
)
def create_booking(
    request: ApiRequest,
    payload: NewBooking,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=255),
) -> dict[str, Any]:
    """An appointment without a link, under the calendar's hours, notice and limits."""
    account = account_of(request)
    plan = by_id_or_slug(account, payload.calendar).compiled
    asked = Idempotency.of(request.auth.id, idempotency_key, {"booking": payload.model_dump(mode="json")})
    raw = payload.model_dump(exclude_none=True)
    try:
        guest = clean_guest(plan, raw, given=raw.get("answers"))
    except Disqualified as problem:
        keep_ruled_out(plan=plan, problem=problem, source="api", actor=actor_of(request), now=request.call.now)
        raise
    done = services.book(
        plan=plan,
        start=payload.start,
        guest=guest,
        source="api",
        actor=actor_of(request),
        now=request.call.now,
        idempotency=asked,
        metadata=payload.metadata,
        host=payload.host or "",
        duration=payload.duration,
        repeat=repeat_of(payload),
    )
    made = get(account, Booking, done.id, "host")
    return booking_view(made) | {"bookings": dates_of(account.id, made.series_id)}


@router.post(
    "/{booking_id}/confirmation",
    response={201: BookingOut},
    openapi_extra=refuses("booking_not_active"),
    summary="Approve a booking",
)
def confirm_booking(request: ApiRequest, booking_id: str) -> dict[str, Any]:
    """Approve a pending booking; the guest is told. One that is confirmed already stays as it is. Of a series all that
    are pending are approved."""
    booking = get(account_of(request), Booking, booking_id)
    services.confirm(
        account_id=booking.account_id, booking_id=booking.id, actor=actor_of(request), now=request.call.now
    )
    return get_booking(request, booking_id)


@router.post(
    "/{booking_id}/decline",
    response={201: BookingOut},
    openapi_extra=refuses("booking_not_active"),
    summary="Decline a booking",
)
def decline_booking(request: ApiRequest, booking_id: str, payload: Refusal | None = None) -> dict[str, Any]:
    """Turn a pending booking down: its time is free, the guest is told, and gets a new link if a one-time link made it
    (unless the calendar's `reissue_on_decline` says otherwise). Of a series all that are pending are declined."""
    booking = get(account_of(request), Booking, booking_id)
    services.decline(
        account_id=booking.account_id,
        booking_id=booking.id,
        actor=actor_of(request),
        now=request.call.now,
        reason=payload.reason if payload else "",
    )
    return get_booking(request, booking_id)


@router.post(
    "/{booking_id}/cancellation",
    response={201: BookingOut},
    openapi_extra=refuses("booking_not_active"),
    summary="Cancel a booking",
)
def cancel_booking(request: ApiRequest, booking_id: str, payload: Cancellation | None = None) -> dict[str, Any]:
    """Free the time; the guest is told. A one-time link that made the booking stays used. Of a series `following` cancels
    all appointments from this one on."""
    booking = get(account_of(request), Booking, booking_id)
    act = services.cancel_following if payload and payload.following else services.cancel
    act(
        account_id=booking.account_id,
        booking_id=booking.id,
        actor=actor_of(request),
        now=request.call.now,
        by="host",
        reason=payload.reason if payload else "",
    )
    return get_booking(request, booking_id)


@router.post(
    "/{booking_id}/reschedule",
    response={201: BookingOut},
    openapi_extra=refuses(*MOVING),
    summary="Reschedule a booking",
)
def reschedule_booking(request: ApiRequest, booking_id: str, payload: Move) -> dict[str, Any]:
    """Swap the time in one step, under the calendar's hours, notice and limits; the guest is told."""
    booking = get(account_of(request), Booking, booking_id)
    services.reschedule(
        account_id=booking.account_id,
        booking_id=booking.id,
        start=payload.start,
        actor=actor_of(request),
        now=request.call.now,
        by="host",
        timezone=payload.timezone,
        by_hand=False,
    )
    return get_booking(request, booking_id)


@router.post(
    "/{booking_id}/no-show",
    response={201: BookingOut},
    openapi_extra=refuses("booking_not_active"),
    summary="Say that a guest did not come",
)
def mark_no_show(request: ApiRequest, booking_id: str) -> dict[str, Any]:
    """Once the appointment has begun. Doing it twice changes nothing."""
    return _no_show(request, booking_id, undo=False)


@router.delete(
    "/{booking_id}/no-show",
    response=BookingOut,
    openapi_extra=refuses("booking_not_active"),
    summary="Say that the guest came after all",
)
def clear_no_show(request: ApiRequest, booking_id: str) -> dict[str, Any]:
    return _no_show(request, booking_id, undo=True)


def _no_show(request: ApiRequest, booking_id: str, *, undo: bool) -> dict[str, Any]:
    booking = get(account_of(request), Booking, booking_id)
    services.mark_no_show(
        account_id=booking.account_id, booking_id=booking.id, actor=actor_of(request), now=request.call.now, undo=undo
    )
    return get_booking(request, booking_id)


def host_of(account: Account, reference: str) -> UUID:
    """A host of the account's agency by id. Problem("not_found")."""
    key = as_uuid(reference)
    if key is None or not Host.objects.filter(id=key, agency=account.agency_id).exists():
        raise Problem("not_found")
    return key


def _minute(moment: datetime | date | None, wanted: BookingFilter, account: Account, days: int = 0) -> int | None:
    return None if moment is None else to_min_ceil(instant_of(moment, wanted.tz or account.timezone, days=days))

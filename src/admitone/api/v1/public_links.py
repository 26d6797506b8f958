"""What the holder of a one-time link can ask: the link, its open times, and the one booking it is for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Header, Router
from pydantic import BaseModel, Field

from admitone.api.auth import Holder
from admitone.api.call import LinkRequest
from admitone.api.fields import (
    At,
    Email,
    Id,
    Language,
    Line,
    Minute,
    Name,
    Out,
    Reference,
    Times,
    Url,
    Utm,
    Zone,
    example,
)
from admitone.api.intake import GuestAnswers, Question, questions
from admitone.api.openapi import refuses
from admitone.api.series import Dated, dates_of
from admitone.api.windows import WANTED, Slots, minutes, open_slots, times
from admitone.api.wishes import WishedWindow, Wishes, party_of, repeat_of
from admitone.booking.queries import open_times
from admitone.booking.services import Booked
from admitone.events import GUEST
from admitone.forms.services import keep_ruled_out
from admitone.links.queries import Opened, maker_contact
from admitone.links.services import redeem
from admitone.logic.bookings import Disqualified
from admitone.logic.clock import iso
from admitone.logic.links import problem
from admitone.logic.plan import CalendarPlan
from admitone.logic.wishes import lengths, picks_host

DEAD = ("link_unknown", "link_used", "link_deleted", "link_expired", "link_not_open", "calendar_paused")

router = Router(tags=["Public: one-time links"], auth=Holder())


class Form(Out):
    """What the guest is asked for."""

    email_required: bool
    phone: Literal["off", "optional", "required"]
    note: bool
    place: Annotated[bool, Field(description="Ask where to meet.")]
    consent: str | None
    fields: Annotated[list[Question], Field(description="Of the calendar's form; answered as answers.KEY.")]


class Person(Out):
    """Who helps when something does not work; empty where nothing is published."""

    name: str
    email: str
    phone: str


class Choosable(Out):
    """A host whom the guest may choose."""

    id: Id
    name: str


class CalendarChoice(Out):
    """A calendar that the link can book; `calendar` takes its id."""

    id: Id
    name: str
    description: str
    duration: int


class PublicLink(Out):
    """An active link as its holder sees it. `host` names whom every guest meets; `hosts` are those to choose from, where
    the calendar lets its guests choose. A group's link has `calendars` to choose one from; until `calendar` names one,
    name and description are the group's and `duration` is null."""

    status: Literal["active"]
    account: str
    calendar: str
    description: str
    host: str
    hosts: list[Choosable]
    duration: int | None
    durations: Annotated[list[int], Field(description="Lengths to choose from, `duration` among them.")]
    max_party: Annotated[int, Field(description="Places that one booking may take.")]
    series: Annotated[int, Field(description="Appointments that a series may have; 1: no series.")]
    approval: Annotated[bool, Field(description="A booking is a request, `pending` until its host approves it.")]
    calendars: list[CalendarChoice]
    timezone: str
    location_kind: str
    uses_left: int
    expires_at: At | None
    note: str
    needs_code: bool
    form: Form
    contact: Person


class LinkBooking(Wishes):
    """One booking. Calendar, host and length come from the link, where it leaves its guest no choice; `name` and `email`
    from its contact if left out."""

    model_config = example(
        start="2026-11-06T14:00:00Z", name="Ada Lovelace", email="ada@example.com", timezone="Europe/London"
    )

    start: Minute
    name: Name | None = None
    email: Email | None = None
    timezone: Zone | None = None
    locale: Language | None = None
    answers: GuestAnswers | None = None
    code: Line | None = None
    utm: Utm | None = None
    host: Annotated[Reference, Field(description="Id of the host to meet, where guests may choose.")] | None = None
    calendar: Annotated[Reference, Field(description="Of a group's link: id or slug of the one to book.")] | None = None


class BookedOut(Times):
    """The appointment and the guest's own address to manage it."""

    id: Id
    status: str
    manage_url: Url
    bookings: list[Dated] = Field(
        default_factory=list, description="Of a series alone: all its appointments, this one among them."
    )


class Choosing(BaseModel):
    """Which calendar of a group's link is meant."""

    calendar: Reference | None = Field(None, description="Id or slug, for a group's link.")


class LinkWindow(WishedWindow, Choosing):
    """The stretch in which starts are wanted, and of a group's link the calendar."""


@router.get("/{token}", response=PublicLink, openapi_extra=refuses(*DEAD), summary="Look at a link")
def get_public_link(request: LinkRequest, token: str, wanted: Choosing = WANTED) -> dict[str, Any]:
    """What it books and what it asks for. A dead link answers with its problem: no times and no way to the calendar."""
    found = _alive(request)
    if wanted.calendar or not found.of_group:
        found = found.choose(wanted.calendar or "")
    plan, link = found.plan, found.link
    return {
        "status": "active",
        "account": plan.account_name,
        "calendar": plan.name,
        "description": plan.description,
        "host": plan.met,
        "hosts": [{"id": host.id, "name": host.name} for host in plan.hosts] if picks_host(plan) else [],
        "duration": plan.rules.duration if found.has_chosen else None,
        "durations": lengths(plan) if found.has_chosen else [],
        "max_party": plan.max_party,
        "series": link.series,
        "approval": plan.approval,
        "calendars": [_choice(one.plan) for one in found.choices],
        "timezone": plan.schedule.timezone,
        "location_kind": plan.location_kind,
        "uses_left": link.max_uses - link.uses,
        "expires_at": iso(link.expires_at) if link.expires_at else None,
        "note": link.note,
        "needs_code": found.person is not None and link.contact_policy == "verify",
        "form": {
            "email_required": plan.email_required or plan.phone != "required",
            "phone": plan.phone,
            "note": plan.note,
            "place": plan.location_kind == "ask",
            "consent": plan.consent_text or None,
            "fields": questions(plan),
        },
        "contact": maker_contact(found),
    }


@router.get(
    "/{token}/slots",
    response=Slots,
    openapi_extra=refuses(*DEAD, "invalid"),
    summary="List open times",
    exclude_unset=True,
)
def list_public_link_slots(request: LinkRequest, token: str, window: LinkWindow = WANTED) -> dict[str, Any]:
    """The times this link can book: at most 62 days, by default the next 14. A group's link needs `calendar`."""
    found = _alive(request).choose(window.calendar or "")
    now, plan = request.call.now, window.of(found.plan)
    wanted = minutes(window, now=now, timezone=plan.schedule.timezone)
    found_times = open_times(
        plan,
        now=now,
        first=wanted.first,
        end=wanted.end,
        offered=found.offered,
        party=window.party,
        link=found.link.id,
    )
    return {"slots": open_slots(found_times, plan.rules.duration, hosts=picks_host(plan))}


@router.post(
    "/{token}/bookings",
    response={201: BookedOut},
    openapi_extra=refuses(
        *DEAD,
        "slot_taken",
        "slot_unavailable",
        "contact_mismatch",
        "disqualified",
        "code_required",
        "code_invalid",
        "contact_limit",
        "series_conflict",
        "idempotency_key_reused",
    ),
    summary="Book with a link",
    exclude_unset=True,
)
def create_public_link_booking(
    request: LinkRequest,
    token: str,
    payload: LinkBooking,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=255),
) -> dict[str, Any]:
    """One booking, ever (unless the link allows more). Send the same `Idempotency-Key` when you try again: the first
    answer comes again, even though the link is used by then. Refusals leave the link unused."""
    try:
        done = redeem(
            token=token,
            start=payload.start,
            guest=guest_of(payload),
            now=request.call.now,
            idempotency_key=idempotency_key,
            code=payload.code,
            found=request.auth,
            host=payload.host or "",
            calendar=payload.calendar or "",
            duration=payload.duration,
            repeat=repeat_of(payload),
        )
    except Disqualified as problem:
        if request.auth.link.contact_policy != "verify":
            plan = request.auth.choose(payload.calendar or "").plan
            keep_ruled_out(plan=plan, problem=problem, source="one_time_link", actor=GUEST, now=request.call.now)
        raise
    series = {"bookings": dates_of(request.auth.plan.account_id, done.id)} if payload.repeat else {}
    return booked_out(done) | series


def guest_of(payload: LinkBooking) -> dict[str, Any]:
    """The raw fields as logic.bookings.clean_guest takes them; what was not sent is left out."""
    sent = payload.model_dump(include={"name", "email", "timezone", "locale", "utm"}, exclude_none=True)
    sent |= party_of(payload)
    return sent | ({"answers": payload.answers.model_dump(exclude_none=True)} if payload.answers else {})


def booked_out(done: Booked) -> dict[str, Any]:
    spot = times(done.start_min, done.end_min)
    return {**spot, "id": str(done.id), "status": done.status, "manage_url": done.manage_url}


def _choice(plan: CalendarPlan) -> dict[str, Any]:
    return {
        "id": plan.calendar_id,
        "name": plan.name,
        "description": plan.description,
        "duration": plan.rules.duration,
    }


def _alive(request: LinkRequest) -> Opened:
    if request.call.outranks is not None:
        raise request.call.outranks
    if request.auth.state != "active":
        raise problem(request.auth.state)
    return request.auth

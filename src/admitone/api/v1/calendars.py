"""Calendars of the account, their open times, and why a time is not open."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.addresses import permanent_url, scheduling_url
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of
from admitone.api.fields import At, Id, Limit, Minute, Out, Times, Url
from admitone.api.windows import WANTED, Slots, Window, minutes, times
from admitone.api.windows import shown as shown_slots
from admitone.booking.queries import open_slots, openings
from admitone.calendars import queries
from admitone.calendars.models import Calendar
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import Reason

router = Router(tags=["Calendars"])

WEEK = 7 * 1440
SENTENCES = {
    "PAUSED": "The calendar is paused.",
    "PAST": "That time is over.",
    "NOTICE": "That is sooner than the calendar's minimum notice allows.",
    "TOOFAR": "That lies outside the dates the calendar can be booked for.",
    "LINKWINDOW": "The link does not offer that time.",
    "HOURS": "That lies outside the working hours.",
    "OVERRIDE": "Other hours than usual apply on that date.",
    "BOOKED": "An appointment is there.",
    "BUSY": "The host's own calendar has something there.",
    "BUFFER": "That is too close to another appointment.",
    "DAYLIMIT": "That day has as many appointments as the calendar allows.",
    "WEEKLIMIT": "That week has as many appointments as the calendar allows.",
    "MONTHLIMIT": "That month has as many appointments as the calendar allows.",
    "HOSTOFF": "The host does not work then.",
    "GRID": "Appointments start at other minutes.",
}


class HostOut(Out):
    """Who takes the appointments."""

    id: Id
    name: str


class CalendarOut(Out):
    """A calendar; lengths are minutes."""

    id: Id
    slug: str
    name: str
    description: str
    kind: str
    active: bool
    access: Literal["public", "one_time"]
    duration: int
    interval: int
    notice: int
    timezone: str
    location_kind: str
    location: str
    hosts: list[HostOut]
    scheduling_url: Url
    permanent_url: Url


class Calendars(Out):
    """A page of calendars, the newest first."""

    items: list[CalendarOut]
    next_cursor: str | None


class CalendarFilter(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class Moment(BaseModel):
    """The start in question."""

    at: Minute = Field(..., description="RFC 3339, on the minute.")


class Block(Times):
    """What is in the way."""

    kind: str


class Why(Out):
    """One reason. `detail` is a fact: the first bookable instant, a date, a count."""

    code: str
    sentence: str
    detail: str
    block: Block | None


class Answer(Out):
    """Whether a start can be booked, every reason why not, and the open times around it."""

    at: At
    open: bool
    reasons: list[Why]
    nearest: list[Times]


@router.get("", response=Calendars, summary="List calendars")
def list_calendars(request: ApiRequest, wanted: CalendarFilter = WANTED) -> dict[str, Any]:
    calendars, cursor = paging.by_id(queries.listing(account_of(request)), wanted.cursor, wanted.limit)
    return {"items": [shown(calendar) for calendar in calendars], "next_cursor": cursor}


@router.get("/{calendar_id}", response=CalendarOut, summary="Read a calendar")
def get_calendar(request: ApiRequest, calendar_id: str) -> dict[str, Any]:
    """By its id or any slug it ever had."""
    return shown(queries.by_id_or_slug(account_of(request), calendar_id))


@router.get("/{calendar_id}/slots", response=Slots, summary="List open times")
def list_calendar_slots(request: ApiRequest, calendar_id: str, window: Window = WANTED) -> dict[str, Any]:
    """At most 62 days, by default the next 14. A paused calendar has none."""
    plan, now = queries.by_id_or_slug(account_of(request), calendar_id).compiled, request.call.now
    wanted = minutes(window, now=now, timezone=plan.schedule.timezone)
    starts = open_slots(plan, now=now, first=wanted.first, end=wanted.end)
    return {"slots": shown_slots(starts, plan.rules.duration)}


@router.get("/{calendar_id}/slots/why", response=Answer, summary="Ask why a time is not open")
def explain_slot(request: ApiRequest, calendar_id: str, question: Moment = WANTED) -> dict[str, Any]:
    """Every reason against one start, the weightiest first."""
    plan, start = queries.by_id_or_slug(account_of(request), calendar_id).compiled, question.at
    asked = openings(plan, now=request.call.now, first=start - WEEK, end=start + WEEK)
    slots = asked.slots() if plan.active else []
    found = [] if start in slots else _reasons(plan, asked.reasons(start))
    return {
        "at": times(start, start)["start"],
        "open": not found,
        "reasons": found,
        "nearest": shown_slots(asked.nearest(start) if plan.active else [], plan.rules.duration),
    }


def _reasons(plan: CalendarPlan, reasons: list[Reason]) -> list[dict[str, Any]]:
    paused = [] if plan.active else [Reason("PAUSED")]
    return [
        {
            "code": reason.code,
            "sentence": SENTENCES[reason.code],
            "detail": reason.detail,
            "block": {**times(reason.blocking.start, reason.blocking.end), "kind": reason.blocking.kind}
            if reason.blocking
            else None,
        }
        for reason in [*paused, *reasons]
    ]


def shown(calendar: Calendar) -> dict[str, Any]:
    plan = calendar.compiled
    return {
        "id": str(calendar.id),
        "slug": plan.slug,
        "name": plan.name,
        "description": plan.description,
        "kind": plan.kind,
        "active": plan.active,
        "access": plan.access,
        "duration": plan.rules.duration,
        "interval": plan.rules.interval,
        "notice": plan.rules.notice,
        "timezone": plan.schedule.timezone,
        "location_kind": plan.location_kind,
        "location": plan.location,
        "hosts": [{"id": host.id, "name": host.name} for host in plan.hosts],
        "scheduling_url": scheduling_url(plan.account_slug, plan.slug),
        "permanent_url": permanent_url(calendar.id),
    }

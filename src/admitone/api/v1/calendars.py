"""Calendars of the account, their open times, and why a time is not open."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field, StrictInt

from admitone.accounts.addresses import permanent_url, scheduling_url
from admitone.accounts.queries import as_uuid
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import (
    At,
    Body,
    Flag,
    Id,
    Label,
    Limit,
    Minute,
    Out,
    Reference,
    Text,
    Times,
    Url,
    Zone,
    example,
)
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED, Slots, Window, minutes, open_slots, times
from admitone.api.windows import shown as shown_slots
from admitone.booking.queries import open_times, openings
from admitone.calendars import queries, services
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost
from admitone.logic.errors import Problem
from admitone.logic.hours import show_time
from admitone.logic.kinds import MAX_HOSTS, MAX_PRIORITY, MAX_SEATS, MAX_WEIGHT
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import Reason

router = Router(tags=["Calendars"])

WEEK = 7 * 1440
Kind = Literal["personal", "round_robin", "collective", "class", "event"]
Strategy = Literal["availability", "equal"]
Length = Annotated[StrictInt, Field(ge=1, le=1440)]
FIELDS = (
    *("name", "description", "access", "duration", "interval", "notice"),
    *("location_kind", "location"),
    *("per_day_limit", "per_week_limit", "per_month_limit", "cutoff_days", "cutoff_at", "range_kind", "range_days"),
)
TEAM = ("kind", "capacity", "strategy", "count_days", "guest_picks_host")
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
    "SEATS": "All places of that time are taken.",
    "GRID": "Appointments start at other minutes.",
}


class HostOut(Out):
    """Who takes the appointments. Of a round robin the higher `priority` is asked first and `weight` is a host's share;
    of a collective the `required` ones have to be free."""

    id: Id
    name: str
    priority: int
    weight: int
    required: bool


class CalendarOut(Out):
    """A calendar; lengths are minutes. `capacity` are the places of each time; 0 is no limit."""

    id: Id
    slug: str
    name: str
    description: str
    kind: Kind
    capacity: int
    strategy: Strategy
    count_days: int
    guest_picks_host: bool
    active: bool
    access: Literal["public", "one_time"]
    duration: int
    interval: int
    notice: int
    schedule: Id
    per_day_limit: int | None
    per_week_limit: int | None
    per_month_limit: int | None
    cutoff_days: int | None
    cutoff_at: str
    range_kind: Literal["rolling", "working", "fixed", "unlimited"]
    range_days: int | None
    timezone: str
    location_kind: str
    location: str
    hosts: list[HostOut]
    scheduling_url: Url
    permanent_url: Url


class Place(Body):
    """A host's place in the team."""

    host: Annotated[Reference, Field(description="Id.")]
    priority: Annotated[StrictInt, Field(ge=0, le=MAX_PRIORITY)] = 0
    weight: Annotated[StrictInt, Field(ge=1, le=MAX_WEIGHT)] = 1
    required: Flag = True


class CalendarChanges(Body):
    """What is not named stays. Lengths are minutes; `hosts` is the whole team."""

    model_config = example(kind="class", capacity=12)

    name: Label | None = None
    slug: Annotated[str, Field(max_length=60)] | None = None
    description: Text | None = None
    access: Literal["public", "one_time"] | None = None
    duration: Length | None = None
    interval: Length | None = None
    notice: Annotated[StrictInt, Field(ge=0, le=366 * 1440)] | None = None
    location_kind: Literal["none", "phone", "address", "video", "ask"] | None = None
    location: Annotated[Text, Field(max_length=500)] | None = None
    per_day_limit: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None
    per_week_limit: Annotated[StrictInt, Field(ge=1, le=7000)] | None = None
    per_month_limit: Annotated[StrictInt, Field(ge=1, le=31000)] | None = None
    cutoff_days: Annotated[StrictInt, Field(ge=0, le=366)] | None = Field(
        None, description="Bookable until `cutoff_at` so many days before."
    )
    cutoff_at: Annotated[str, Field(max_length=12, examples=["18:00"])] | None = None
    range_kind: Literal["rolling", "working", "unlimited"] | None = None
    range_days: Annotated[StrictInt, Field(ge=0, le=3660)] | None = None
    schedule: Annotated[Reference, Field(description="Id of the schedule it opens by.")] | None = None
    kind: Kind | None = None
    capacity: Annotated[StrictInt, Field(ge=0, le=MAX_SEATS, description="Places of a class or an event.")] | None = (
        None
    )
    strategy: Strategy | None = None
    count_days: Annotated[StrictInt, Field(ge=1, le=366)] | None = None
    guest_picks_host: Flag | None = None
    hosts: Annotated[list[Place], Field(min_length=1, max_length=MAX_HOSTS)] | None = None
    active: Flag | None = None


class NewCalendar(CalendarChanges):
    """A calendar that opens Monday to Friday, 9 to 5. Without `hosts` the account's owner is its host."""

    model_config = example(name="Yoga", kind="class", capacity=12, duration=60)

    name: Label
    timezone: Zone | None = None


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
    """One reason. `detail` is a fact: the first bookable instant, a date, a count; `host` whom of a team it is about."""

    code: str
    sentence: str
    detail: str
    host: Id | None
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


@router.post(
    "", response={201: CalendarOut}, openapi_extra=refuses("slug_taken", "not_found"), summary="Make a calendar"
)
def create_calendar(request: ApiRequest, payload: NewCalendar) -> dict[str, Any]:
    """Of any type: personal, round_robin, collective, class or event."""
    fields = {**sent(payload, *FIELDS), **sent(payload, "slug", "timezone", "kind")}
    team = team_of(payload)
    calendar = services.create_calendar(
        account=account_of(request), actor=actor_of(request), now=request.call.now, team=team, **fields
    )
    _open_by(request, calendar, payload.schedule)
    if payload.active is False:
        calendar = _amend(request, calendar, {}, {}, active=False)
    return shown(calendar)


@router.patch(
    "/{calendar_id}",
    response=CalendarOut,
    openapi_extra=refuses("slug_taken", "not_found"),
    summary="Change a calendar",
)
def change_calendar(request: ApiRequest, calendar_id: str, payload: CalendarChanges) -> dict[str, Any]:
    """By its id or any slug. Another type keeps the team if it can have one; bookings stay as they are."""
    calendar = queries.by_id_or_slug(account_of(request), calendar_id)
    _open_by(request, calendar, payload.schedule)
    fields = {**sent(payload, *FIELDS), **sent(payload, "slug")}
    return shown(_amend(request, calendar, fields, team_of(payload), active=payload.active))


def _open_by(request: ApiRequest, calendar: Calendar, schedule_id: str | None) -> None:
    if schedule_id is None:
        return
    account = account_of(request)
    services.choose_schedule(
        account=account,
        calendar_id=calendar.id,
        schedule_id=queries.schedule(account, schedule_id).id,
        actor=actor_of(request),
        now=request.call.now,
    )


def _amend(
    request: ApiRequest, calendar: Calendar, fields: dict[str, Any], team: dict[str, Any], active: bool | None
) -> Calendar:
    return services.amend_calendar(
        account=account_of(request),
        calendar_id=calendar.id,
        actor=actor_of(request),
        now=request.call.now,
        fields=fields,
        team=team,
        active=active,
    )


def sent(payload: BaseModel, *names: str) -> dict[str, Any]:
    """The named fields that were sent and are not null."""
    return {name: value for name in names if (value := getattr(payload, name)) is not None}


def team_of(payload: CalendarChanges) -> dict[str, Any]:
    """What set_team takes; Problem("not_found") for a host that cannot be an id."""
    team = sent(payload, *TEAM)
    if payload.hosts is None:
        return team
    rows = [(as_uuid(one.host), one) for one in payload.hosts]
    if any(key is None for key, _ in rows):
        raise Problem("not_found")
    return team | {
        "hosts": [TeamHost(key, one.priority, one.weight, one.required) for key, one in rows if key is not None]
    }


@router.get("/{calendar_id}/slots", response=Slots, summary="List open times", exclude_unset=True)
def list_calendar_slots(request: ApiRequest, calendar_id: str, window: Window = WANTED) -> dict[str, Any]:
    """At most 62 days, by default the next 14. A paused calendar has none."""
    plan, now = queries.by_id_or_slug(account_of(request), calendar_id).compiled, request.call.now
    wanted = minutes(window, now=now, timezone=plan.schedule.timezone)
    found = open_times(plan, now=now, first=wanted.first, end=wanted.end)
    return {"slots": open_slots(found, plan.rules.duration, hosts=True)}


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
            "host": reason.host or None,
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
        "capacity": plan.capacity,
        "strategy": plan.strategy,
        "count_days": plan.count_days,
        "guest_picks_host": plan.guest_picks_host,
        "active": plan.active,
        "access": plan.access,
        "duration": plan.rules.duration,
        "interval": plan.rules.interval,
        "notice": plan.rules.notice,
        "schedule": str(calendar.schedule_id),
        "per_day_limit": plan.rules.per_day_limit,
        "per_week_limit": plan.rules.per_week_limit,
        "per_month_limit": plan.rules.per_month_limit,
        "cutoff_days": plan.rules.cutoff_days,
        "cutoff_at": show_time(calendar.cutoff_at),
        "range_kind": plan.rules.range_kind,
        "range_days": plan.rules.range_days,
        "timezone": plan.schedule.timezone,
        "location_kind": plan.location_kind,
        "location": plan.location,
        "hosts": [
            {
                "id": host.id,
                "name": host.name,
                "priority": host.priority,
                "weight": host.weight,
                "required": host.required,
            }
            for host in plan.hosts
        ],
        "scheduling_url": scheduling_url(plan.account_slug, plan.slug),
        "permanent_url": permanent_url(calendar.id),
    }

"""What the API says of calendars, and what may be said to it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictInt

from admitone.accounts.addresses import permanent_url, scheduling_url
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
from admitone.calendars.models import Calendar
from admitone.logic.calendars import MAX_BUFFER, MAX_DURATIONS, MAX_SERIES
from admitone.logic.hours import show_time
from admitone.logic.kinds import MAX_HOSTS, MAX_PRIORITY, MAX_SEATS, MAX_WEIGHT
from admitone.logic.party import MAX_PARTY

Kind = Literal["personal", "round_robin", "collective", "class", "event"]
Strategy = Literal["availability", "equal"]
Length = Annotated[StrictInt, Field(ge=1, le=1440)]
#: Shown as they are stored.
ALIKE = (
    *("durations", "per_host_day_limit", "per_contact_limit", "max_party", "approval", "approval_hours"),
    *(
        "reissue_on_decline",
        "series_max",
        "waitlist",
        "waitlist_hold",
        "form_first",
        "location_hidden",
        "room_provider",
    ),
)
FIELDS = (
    *("name", "description", "access", "duration", "interval", "notice"),
    *("location_kind", "location"),
    *("per_day_limit", "per_week_limit", "per_month_limit", "cutoff_days", "cutoff_at", "range_kind", "range_days"),
    *("range_first", "range_last", "buffer_before", "buffer_after", "buffer_rule", "alignment"),
    *ALIKE,
)
#: Where null says "none" and not "as it is".
CLEARABLE = frozenset(
    {"per_day_limit", "per_week_limit", "per_month_limit", "per_host_day_limit", "per_contact_limit"}
    | {"cutoff_days", "range_days", "range_first", "range_last"}
)
TEAM = ("kind", "capacity", "strategy", "count_days", "guest_picks_host")


class HostOut(Out):
    """Who takes the appointments. Of a round robin the higher `priority` is asked first and `weight` is a host's share;
    of a collective the `required` ones have to be free. `schedule` are hours of their own, which narrow the calendar's."""

    id: Id
    name: str
    priority: int
    weight: int
    required: bool
    schedule: Id | None


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
    group: Id | None
    per_day_limit: int | None
    per_week_limit: int | None
    per_month_limit: int | None
    cutoff_days: int | None
    cutoff_at: str
    range_kind: Literal["rolling", "working", "fixed", "unlimited"]
    range_days: int | None
    range_first: date | None
    range_last: date | None
    buffer_before: int
    buffer_after: int
    buffer_rule: Literal["max", "sum"]
    alignment: Literal["window", "packed"]
    durations: list[int]
    per_host_day_limit: int | None
    per_contact_limit: int | None
    max_party: int
    approval: bool
    approval_hours: int
    reissue_on_decline: bool
    series_max: int
    waitlist: bool
    waitlist_hold: int
    form: Id | None
    form_first: bool
    location_hidden: bool
    room_provider: str
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
    schedule: (
        Annotated[Reference, Field(description="Id of hours of their own; null: the calendar's. Left out: as it was.")]
        | None
    ) = None


class CalendarChanges(Body):
    """What is not named stays; null takes a limit, a cut-off or a date away. Lengths are minutes; `hosts` is the whole
    team."""

    model_config = example(kind="class", capacity=12)

    name: Label | None = None
    slug: Annotated[str, Field(max_length=60)] | None = None
    description: Text | None = None
    access: Literal["public", "one_time"] | None = None
    duration: Length | None = None
    interval: Length | None = None
    notice: Annotated[StrictInt, Field(ge=0, le=366 * 1440)] | None = None
    location_kind: Literal["none", "phone", "address", "video", "host", "room", "ask"] | None = None
    location: Annotated[Text, Field(max_length=500)] | None = None
    per_day_limit: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None
    per_week_limit: Annotated[StrictInt, Field(ge=1, le=7000)] | None = None
    per_month_limit: Annotated[StrictInt, Field(ge=1, le=31000)] | None = None
    cutoff_days: Annotated[StrictInt, Field(ge=0, le=366)] | None = Field(
        None, description="Bookable until `cutoff_at` so many days before."
    )
    cutoff_at: Annotated[str, Field(max_length=12, examples=["18:00"])] | None = None
    range_kind: Literal["rolling", "working", "fixed", "unlimited"] | None = None
    range_days: Annotated[StrictInt, Field(ge=0, le=3660)] | None = None
    range_first: date | None = Field(None, description="Of a fixed range.")
    range_last: date | None = None
    buffer_before: Annotated[StrictInt, Field(ge=0, le=MAX_BUFFER)] | None = None
    buffer_after: Annotated[StrictInt, Field(ge=0, le=MAX_BUFFER)] | None = None
    buffer_rule: Literal["max", "sum"] | None = None
    alignment: Literal["window", "packed"] | None = None
    durations: Annotated[list[Length], Field(max_length=MAX_DURATIONS)] | None = Field(
        None, description="Other lengths that guests may choose, in minutes."
    )
    per_host_day_limit: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None
    per_contact_limit: Annotated[StrictInt, Field(ge=1, le=1000)] | None = Field(
        None, description="Appointments ahead that one contact may have."
    )
    max_party: Annotated[StrictInt, Field(ge=1, le=MAX_PARTY)] | None = Field(
        None, description="Places that one booking of a class or an event may take."
    )
    approval: Flag | None = Field(None, description="Bookings wait for the host's answer.")
    approval_hours: Annotated[StrictInt, Field(ge=1, le=720)] | None = None
    reissue_on_decline: Flag | None = None
    series_max: Annotated[StrictInt, Field(ge=1, le=MAX_SERIES)] | None = Field(
        None, description="Appointments of a recurring booking; 1: none recur."
    )
    waitlist: Flag | None = None
    waitlist_hold: Annotated[StrictInt, Field(ge=15, le=7 * 1440)] | None = Field(
        None, description="Minutes for which a free place is kept for the next of the waiting list."
    )
    form: Annotated[Reference, Field(description="Id of the form that its guests fill in; null for none.")] | None = (
        None
    )
    form_first: Flag | None = Field(None, description="Ask before any time is shown.")
    location_hidden: Flag | None = None
    room_provider: Annotated[str, Field(max_length=24)] | None = None
    schedule: Annotated[Reference, Field(description="Id of the schedule it opens by.")] | None = None
    group: Annotated[Reference, Field(description="Id or slug of the group it belongs to; null: none.")] | None = None
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
    link: Annotated[str, Field(max_length=300)] | None = Field(
        None, description="A one-time link of the calendar: its address, token or id."
    )
    duration: Annotated[int, Field(ge=1, le=1440)] | None = Field(
        None, description="Minutes, one of the calendar's lengths."
    )
    party: Annotated[int, Field(ge=1, le=MAX_PARTY)] | None = Field(
        None, description="Places; default: the link's, or 1."
    )


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


def group_of(calendar: Calendar) -> str | None:
    """A deleted group is none."""
    group = calendar.group
    return str(group.id) if group is not None and group.deleted_at is None else None


def shown(calendar: Calendar) -> dict[str, Any]:
    plan = calendar.compiled
    own_hours = {str(row.host_id): row.schedule_id for row in calendar.calendar_hosts.all()}
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
        "group": group_of(calendar),
        "per_day_limit": plan.rules.per_day_limit,
        "per_week_limit": plan.rules.per_week_limit,
        "per_month_limit": plan.rules.per_month_limit,
        "cutoff_days": plan.rules.cutoff_days,
        "cutoff_at": show_time(calendar.cutoff_at),
        "range_kind": plan.rules.range_kind,
        "range_days": plan.rules.range_days,
        "range_first": plan.rules.range_first,
        "range_last": plan.rules.range_last,
        "buffer_before": plan.rules.before,
        "buffer_after": plan.rules.after,
        "buffer_rule": plan.rules.buffer_rule,
        "alignment": plan.rules.alignment,
        **{name: getattr(calendar, name) for name in ALIKE},
        "form": str(calendar.form_id) if calendar.form_id else None,
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
                "schedule": str(own_hours[host.id]) if own_hours.get(host.id) else None,
            }
            for host in plan.hosts
        ],
        "scheduling_url": scheduling_url(plan.account_slug, plan.slug),
        "permanent_url": permanent_url(calendar.id),
    }

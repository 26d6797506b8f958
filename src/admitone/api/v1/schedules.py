"""Schedules: weekly hours, single dates and public holidays that calendars and hosts open by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router
from pydantic import AfterValidator, BaseModel, Field, StrictInt

from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Flag, Id, Label, Limit, Line, Out, Zone, example
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED
from admitone.calendars import queries, services
from admitone.calendars.models import Schedule
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date, parse_window, show_time

router = Router(tags=["Schedules"])
Clock = Annotated[Line, Field(max_length=12, description="Wall clock, up to 24:00.", examples=["09:00"])]
Day = Annotated[date, AfterValidator(clean_date)]
Country = Annotated[Line, Field(max_length=2, description="ISO 3166-1; empty: open on holidays.", examples=["DE"])]
Region = Annotated[Line, Field(description="Part of the country; empty: all of it.", examples=["BY"])]


class Hours(Body):
    """One window of one day, 0 = Monday. `every` 2 is every other week: those whose number of Mondays since 0001-01-01
    leaves `phase` when divided by 2."""

    weekday: Annotated[StrictInt, Field(ge=0, le=6)]
    start: Clock
    end: Clock
    every: Annotated[StrictInt, Field(ge=1, le=2)] = 1
    phase: Annotated[StrictInt, Field(ge=0, le=1)] = 0


class Stretch(Body):
    """From one wall clock to another."""

    start: Clock
    end: Clock


class Override(Body):
    """Other hours on one date: they `replace` the weekly ones (none: closed), are added or taken away."""

    date: Day
    mode: Literal["replace", "add", "subtract"] = "replace"
    windows: Annotated[list[Stretch], Field(max_length=12)] = []


class NewSchedule(Body):
    """Without `hours` it opens Monday to Friday, 9 to 5, in the account's zone."""

    model_config = example(name="Practice", timezone="Europe/Berlin", hours=[{"weekday": 0, "start": "9", "end": "17"}])

    name: Label
    timezone: Zone | None = None
    hours: Annotated[list[Hours], Field(max_length=250)] | None = None


class ScheduleChanges(Body):
    """What is not named stays; `hours` and `overrides` replace all of them."""

    model_config = example(holiday_country="DE", holiday_subdivision="BY")

    name: Label | None = None
    timezone: Zone | None = None
    hours: Annotated[list[Hours], Field(max_length=250)] | None = None
    overrides: Annotated[list[Override], Field(max_length=1000)] | None = None
    holiday_country: Country | None = None
    holiday_subdivision: Region | None = None


class Opening(Body):
    """Whether a public holiday keeps its usual hours."""

    model_config = example(open=True)

    open: Flag


class Copy(Body):
    """What the copy is called."""

    model_config = example(name="Practice in summer")

    name: Label


class HolidayOut(Out):
    """A public holiday; `open` ones keep the usual hours."""

    date: str
    name: str
    open: bool


class ScheduleOut(Out):
    """A schedule; `calendars` are the ids of those that open by it, for themselves or for a host."""

    id: Id
    name: str
    timezone: str
    hours: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    holiday_country: str
    holiday_subdivision: str
    holidays: list[HolidayOut]
    calendars: list[Id]
    created_at: At


class Schedules(Out):
    """A page of schedules, the newest first."""

    items: list[ScheduleOut]
    next_cursor: str | None


class SchedulePage(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


@router.get("", response=Schedules, summary="List schedules")
def list_schedules(request: ApiRequest, wanted: SchedulePage = WANTED) -> dict[str, Any]:
    rows = Schedule.objects.filter(account=account_of(request)).order_by("-id")
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(one) for one in found], "next_cursor": cursor}


@router.get("/{schedule_id}", response=ScheduleOut, summary="Read a schedule")
def get_schedule(request: ApiRequest, schedule_id: str) -> dict[str, Any]:
    return shown(queries.schedule(account_of(request), schedule_id))


@router.post("", response={201: ScheduleOut}, summary="Make a schedule")
def create_schedule(request: ApiRequest, payload: NewSchedule) -> dict[str, Any]:
    hours = {} if payload.hours is None else week_of(payload.hours)
    made = services.create_schedule(
        account=account_of(request),
        actor=actor_of(request),
        now=request.call.now,
        name=payload.name,
        timezone=payload.timezone or "",
        **hours,
    )
    return shown(made)


@router.patch("/{schedule_id}", response=ScheduleOut, summary="Change a schedule")
def change_schedule(request: ApiRequest, schedule_id: str, payload: ScheduleChanges) -> dict[str, Any]:
    """Every calendar and host of the schedule follows."""
    schedule = queries.schedule(account_of(request), schedule_id)
    changed = services.amend_schedule(
        account=account_of(request),
        schedule_id=schedule.id,
        actor=actor_of(request),
        now=request.call.now,
        name=payload.name,
        timezone=payload.timezone,
        hours=None if payload.hours is None else week_of(payload.hours),
        overrides=None if payload.overrides is None else dates_of(payload.overrides),
        holidays=_holidays(schedule, payload),
    )
    return shown(changed)


@router.post("/{schedule_id}/copies", response={201: ScheduleOut}, summary="Copy a schedule")
def copy_schedule(request: ApiRequest, schedule_id: str, payload: Copy) -> dict[str, Any]:
    """Hours, single dates and holidays, for nobody yet."""
    schedule = queries.schedule(account_of(request), schedule_id)
    made = services.duplicate_schedule(
        account=account_of(request),
        schedule_id=schedule.id,
        actor=actor_of(request),
        now=request.call.now,
        name=payload.name,
    )
    return shown(made)


@router.delete(
    "/{schedule_id}",
    response={204: None},
    openapi_extra=refuses("schedule_in_use"),
    summary="Delete a schedule",
)
def delete_schedule(request: ApiRequest, schedule_id: str) -> None:
    """Refused while a calendar or a host opens by it."""
    schedule = queries.schedule(account_of(request), schedule_id)
    services.delete_schedule(
        account=account_of(request), schedule_id=schedule.id, actor=actor_of(request), now=request.call.now
    )


@router.put("/{schedule_id}/holidays/{day}", response=ScheduleOut, summary="Open or close on a public holiday")
def put_holiday(request: ApiRequest, schedule_id: str, day: str, payload: Opening) -> dict[str, Any]:
    """Keep the usual hours on one of the schedule's `holidays`, or close again."""
    schedule = queries.schedule(account_of(request), schedule_id)
    try:
        when = clean_date(day)
    except ValueError as error:
        raise Problem("not_found") from error
    services.open_holiday(
        account=account_of(request),
        schedule_id=schedule.id,
        date=when,
        actor=actor_of(request),
        now=request.call.now,
        is_open=payload.open,
    )
    return get_schedule(request, schedule_id)


def _holidays(schedule: Schedule, payload: ScheduleChanges) -> tuple[str, str] | None:
    """Another country starts without a region."""
    if payload.holiday_country is None and payload.holiday_subdivision is None:
        return None
    country = schedule.holiday_country if payload.holiday_country is None else payload.holiday_country
    kept = schedule.holiday_subdivision if country == schedule.holiday_country else ""
    return country, kept if payload.holiday_subdivision is None else payload.holiday_subdivision


def week_of(hours: Sequence[Hours]) -> dict[str, Any]:
    """`week` and `alternating` of the services; Problem("invalid", fields) for what is no time."""
    week: dict[int, list[tuple[int, int]]] = {}
    others: dict[int, dict[int, list[tuple[int, int]]]] = {}
    for at, one in enumerate(hours):
        days = week if one.every == 1 else others.setdefault(one.phase, {})
        days.setdefault(one.weekday, []).append(_window(one, f"hours.{at}"))
    return {"week": week, "alternating": others}


def dates_of(overrides: Sequence[Override]) -> list[tuple[date, str, list[tuple[int, int]]]]:
    for at, one in enumerate(overrides):
        if one.mode != "replace" and not one.windows:
            sentence = "Name the hours that are added or taken away."
            raise Problem("invalid", fields={f"overrides.{at}.windows": sentence})
    return [
        (one.date, one.mode, [_window(window, f"overrides.{at}") for window in one.windows])
        for at, one in enumerate(overrides)
    ]


def _window(one: Hours | Stretch, field: str) -> tuple[int, int]:
    try:
        return parse_window(one.start, one.end)
    except ValueError as error:
        raise Problem("invalid", fields={field: str(error)}) from error


def shown(schedule: Schedule) -> dict[str, Any]:
    rows = schedule.hours.order_by("weekday", "start").values_list("weekday", "start", "end", "every", "phase")
    calendars: list[UUID] = [one.id for one in queries.calendars_by(schedule)]
    return {
        "id": str(schedule.id),
        "name": schedule.name,
        "timezone": schedule.timezone,
        "hours": [
            {"weekday": day, "start": show_time(start), "end": show_time(end), "every": every, "phase": phase}
            for day, start, end, every, phase in rows
        ],
        "overrides": [
            {"date": row.date.isoformat(), "mode": row.mode, "windows": [_stretch(*window) for window in row.windows]}
            for row in schedule.overrides.all()
        ],
        "holiday_country": schedule.holiday_country,
        "holiday_subdivision": schedule.holiday_subdivision,
        "holidays": [
            {"date": row.date.isoformat(), "name": row.name, "open": row.open} for row in schedule.holidays.all()
        ],
        "calendars": [str(one) for one in calendars],
        "created_at": iso(schedule.created_at),
    }


def _stretch(start: int, end: int) -> dict[str, str]:
    return {"start": show_time(start), "end": show_time(end)}

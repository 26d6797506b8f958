"""Calendars of the account, their open times, and why a time is not open."""

from __future__ import annotations

from typing import Any

from ninja import Router
from pydantic import BaseModel

from admitone.accounts.queries import as_uuid
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.openapi import refuses
from admitone.api.v1.calendar_schemas import (
    FIELDS,
    TEAM,
    Answer,
    CalendarChanges,
    CalendarFilter,
    CalendarOut,
    Calendars,
    Moment,
    NewCalendar,
    shown,
)
from admitone.api.windows import WANTED, Slots, Window, minutes, open_slots, times
from admitone.api.windows import shown as shown_slots
from admitone.booking.queries import open_times, openings
from admitone.calendars import queries, services
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.calendars.services import TeamHost
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan
from admitone.logic.reasons import SENTENCES
from admitone.logic.slots import Reason

router = Router(tags=["Calendars"])

WEEK = 7 * 1440


@router.get("", response=Calendars, summary="List calendars")
def list_calendars(request: ApiRequest, wanted: CalendarFilter = WANTED) -> dict[str, Any]:
    rows = queries.listing(account_of(request)).select_related("group")
    calendars, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
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
    team, group = team_of(payload), group_of(request, payload)
    calendar = services.create_calendar(
        account=account_of(request), actor=actor_of(request), now=request.call.now, team=team, **fields
    )
    _open_by(request, calendar, payload.schedule)
    _join(request, calendar, payload, group)
    return shown(_amend(request, calendar, {}, {}, active=False if payload.active is False else None))


@router.patch(
    "/{calendar_id}",
    response=CalendarOut,
    openapi_extra=refuses("slug_taken", "not_found"),
    summary="Change a calendar",
)
def change_calendar(request: ApiRequest, calendar_id: str, payload: CalendarChanges) -> dict[str, Any]:
    """By its id or any slug. Another type keeps the team if it can have one; bookings stay as they are."""
    calendar = queries.by_id_or_slug(account_of(request), calendar_id)
    group = group_of(request, payload)
    _open_by(request, calendar, payload.schedule)
    _join(request, calendar, payload, group)
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


def group_of(request: ApiRequest, payload: CalendarChanges) -> CalendarGroup | None:
    return queries.group_by_id_or_slug(account_of(request), payload.group) if payload.group else None


def _join(request: ApiRequest, calendar: Calendar, payload: CalendarChanges, group: CalendarGroup | None) -> None:
    """Into the group that was named, out of its own for null; left out it stays."""
    if "group" not in payload.model_fields_set:
        return
    services.choose_group(
        account=account_of(request),
        calendar_id=calendar.id,
        group=group,
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

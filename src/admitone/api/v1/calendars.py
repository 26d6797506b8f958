"""Calendars of the account, their open times, and why a time is not open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ninja import Router
from pydantic import BaseModel

from admitone.accounts.queries import as_uuid
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.openapi import refuses
from admitone.api.v1.calendar_schemas import (
    CLEARABLE,
    FIELDS,
    TEAM,
    Answer,
    CalendarChanges,
    CalendarFilter,
    CalendarOut,
    Calendars,
    Moment,
    NewCalendar,
    Place,
    shown,
)
from admitone.api.windows import WANTED, Slots, minutes, open_slots, times
from admitone.api.windows import shown as shown_slots
from admitone.api.wishes import WishedWindow
from admitone.booking.queries import open_times
from admitone.calendars import queries, services
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost
from admitone.forms import queries as forms
from admitone.links.why import ask
from admitone.logic.errors import Problem
from admitone.logic.reasons import sentence
from admitone.logic.rules import Busy, Reason

router = Router(tags=["Calendars"])


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
    made = services.make_calendar(
        account=account_of(request),
        actor=actor_of(request),
        now=request.call.now,
        ties=ties_of(request, payload),
        active=payload.active is not False,
        team=team_of(payload),
        **fields,
    )
    return shown(made)


@router.patch(
    "/{calendar_id}",
    response=CalendarOut,
    openapi_extra=refuses("slug_taken", "not_found"),
    summary="Change a calendar",
)
def change_calendar(request: ApiRequest, calendar_id: str, payload: CalendarChanges) -> dict[str, Any]:
    """By its id or any slug. Another type keeps the team if it can have one; bookings stay as they are."""
    calendar = queries.by_id_or_slug(account_of(request), calendar_id)
    changed = services.amend_calendar(
        account=account_of(request),
        calendar_id=calendar.id,
        actor=actor_of(request),
        now=request.call.now,
        fields={**sent(payload, *FIELDS), **sent(payload, "slug")},
        team=team_of(payload, calendar),
        ties=ties_of(request, payload),
        active=payload.active,
    )
    return shown(changed)


@router.delete("/{calendar_id}", response={204: None}, openapi_extra=refuses("not_found"), summary="Delete a calendar")
def delete_calendar(request: ApiRequest, calendar_id: str) -> None:
    """By its id or any slug. Its pages and links close, its appointments stay. Undo with
    `POST /calendars/{calendar_id}/restoration`."""
    calendar = queries.by_id_or_slug(account_of(request), calendar_id)
    services.delete_calendar(
        account=account_of(request), calendar_id=calendar.id, actor=actor_of(request), now=request.call.now
    )


@router.post("/{calendar_id}/restoration", response={201: CalendarOut}, summary="Restore a deleted calendar")
def restore_calendar(request: ApiRequest, calendar_id: str) -> dict[str, Any]:
    """By its id: with its addresses, links, hours and hosts. One that is there already stays as it is."""
    account = account_of(request)
    calendar = queries.get(account, calendar_id, deleted=True)
    services.restore_calendar(account=account, calendar_id=calendar.id, actor=actor_of(request), now=request.call.now)
    return shown(queries.get(account, calendar_id))


def ties_of(request: ApiRequest, payload: CalendarChanges) -> services.Ties:
    """Schedule, group and form as they were named; null is no group and no form. Problem("not_found")."""
    account, named, ties = account_of(request), payload.model_fields_set, services.Ties()
    if payload.schedule is not None:
        ties["schedule"] = queries.schedule(account, payload.schedule).id
    if "group" in named:
        ties["group"] = queries.group_by_id_or_slug(account, payload.group) if payload.group else None
    if "form" in named:
        ties["form"] = str(forms.get(account, payload.form).id) if payload.form else None
    return ties


def sent(payload: BaseModel, *names: str) -> dict[str, Any]:
    """The named fields that were sent; null only where it clears something."""
    said = [(name, getattr(payload, name)) for name in names if name in payload.model_fields_set]
    return {name: value for name, value in said if value is not None or name in CLEARABLE}


def team_of(payload: CalendarChanges, calendar: Calendar | None = None) -> dict[str, Any]:
    """What set_team takes; Problem("not_found") for a host or a schedule that cannot be an id."""
    team = sent(payload, *TEAM)
    if payload.hosts is None:
        return team
    before = {one.host: one.schedule for one in services.current_team(calendar)} if calendar else {}
    return team | {"hosts": [_member(one, before) for one in payload.hosts]}


def _member(one: Place, before: Mapping[UUID, UUID | None]) -> TeamHost:
    key, own = as_uuid(one.host), as_uuid(one.schedule or "")
    if key is None or (one.schedule and own is None):
        raise Problem("not_found")
    hours = own if "schedule" in one.model_fields_set else before.get(key)
    return TeamHost(key, one.priority, one.weight, one.required, hours)


@router.get("/{calendar_id}/slots", response=Slots, summary="List open times", exclude_unset=True)
def list_calendar_slots(request: ApiRequest, calendar_id: str, window: WishedWindow = WANTED) -> dict[str, Any]:
    """At most 62 days, by default the next 14. A paused calendar has none."""
    plan, now = window.of(queries.by_id_or_slug(account_of(request), calendar_id).compiled), request.call.now
    wanted = minutes(window, now=now, timezone=plan.schedule.timezone)
    found = open_times(plan, now=now, first=wanted.first, end=wanted.end, party=window.party)
    return {"slots": open_slots(found, plan.rules.duration, hosts=True)}


@router.get("/{calendar_id}/slots/why", response=Answer, summary="Ask why a time is not open")
def explain_slot(request: ApiRequest, calendar_id: str, question: Moment = WANTED) -> dict[str, Any]:
    """Every reason against one start, the weightiest first; also through a one-time link, for a length, for a party."""
    account = account_of(request)
    calendar = queries.by_id_or_slug(account, calendar_id)
    asked = ask(
        account,
        calendar,
        question.at,
        now=request.call.now,
        link=question.link or "",
        duration=question.duration,
        party=question.party or 0,
    )
    length = asked.plan.rules.duration
    found = [_reason(reason, question.at, length) for reason in asked.reasons()]
    return {
        "at": times(question.at, question.at)["start"],
        "open": not found,
        "reasons": found,
        "nearest": shown_slots(asked.nearest(), length),
    }


def _reason(reason: Reason, at: int, length: int) -> dict[str, Any]:
    block = reason.blocking
    return {
        "code": reason.code,
        "sentence": sentence(reason.code, block.kind if block else ""),
        "detail": reason.detail,
        "host": reason.host or None,
        "block": _block(block, at, length) if block else None,
    }


def _block(block: Busy, at: int, length: int) -> dict[str, Any]:
    """A calendar that cannot be read blocks all time: what was asked for is told of it."""
    start, end = (at, at + length) if block.kind == "unreadable" else (block.start, block.end)
    return {**times(start, end), "kind": block.kind}

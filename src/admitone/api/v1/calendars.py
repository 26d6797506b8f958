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
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.calendars.services import TeamHost
from admitone.forms import queries as forms
from admitone.links.why import ask
from admitone.logic.errors import Problem
from admitone.logic.reasons import SENTENCES
from admitone.logic.slots import Reason

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
    check_form(request, payload)
    fields = {**sent(payload, *FIELDS), **sent(payload, "slug", "timezone", "kind")}
    team, group = team_of(payload), group_of(request, payload)
    calendar = services.create_calendar(
        account=account_of(request), actor=actor_of(request), now=request.call.now, team=team, **fields
    )
    _open_by(request, calendar, payload.schedule)
    _join(request, calendar, payload, group)
    _ask(request, calendar, payload)
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
    check_form(request, payload)
    group = group_of(request, payload)
    _open_by(request, calendar, payload.schedule)
    _join(request, calendar, payload, group)
    _ask(request, calendar, payload)
    fields = {**sent(payload, *FIELDS), **sent(payload, "slug")}
    return shown(_amend(request, calendar, fields, team_of(payload, calendar), active=payload.active))


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


def check_form(request: ApiRequest, payload: CalendarChanges) -> None:
    """Problem("not_found") before anything is written."""
    if payload.form:
        forms.get(account_of(request), payload.form)


def _ask(request: ApiRequest, calendar: Calendar, payload: CalendarChanges) -> None:
    """The form that was named, none for null; left out it stays."""
    if "form" in payload.model_fields_set:
        services.choose_form(
            account=account_of(request),
            calendar_id=calendar.id,
            form_id=payload.form,
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
    found = _reasons(asked.reasons())
    return {
        "at": times(question.at, question.at)["start"],
        "open": not found,
        "reasons": found,
        "nearest": shown_slots(asked.nearest(), asked.plan.rules.duration),
    }


def _reasons(reasons: list[Reason]) -> list[dict[str, Any]]:
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
        for reason in reasons
    ]

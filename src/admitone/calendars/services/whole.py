"""A calendar with the schedule it opens by, the group it belongs to and the form it asks: all in one step, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.calendars.services.calendars import create_calendar, set_active, update_calendar
from admitone.calendars.services.groups import choose_group
from admitone.calendars.services.intake import choose_form
from admitone.calendars.services.schedules import lock
from admitone.calendars.services.scheduling import choose_schedule
from admitone.calendars.services.teams import set_team
from admitone.events import Actor


class Ties(TypedDict, total=False):
    """What is left out stays; None takes the calendar out of its group, and its form away."""

    schedule: UUID
    group: CalendarGroup | None
    form: str | None


@transaction.atomic
def make_calendar(
    *, account: Account, actor: Actor, now: datetime, ties: Ties, active: bool = True, **fields: Any
) -> Calendar:
    """create_calendar with `ties`; one that opens by a schedule gets none of its own. Problem("not_found") for a tie."""
    given = lock(account, ties["schedule"]) if "schedule" in ties else None
    made = create_calendar(account=account, actor=actor, now=now, schedule=given, **fields)
    rest: Ties = {**ties}
    rest.pop("schedule", None)
    return amend_calendar(
        account=account,
        calendar_id=made.id,
        actor=actor,
        now=now,
        fields={},
        team={},
        ties=rest,
        active=None if active else False,
    )


@transaction.atomic
def amend_calendar(
    *,
    account: Account,
    calendar_id: UUID,
    actor: Actor,
    now: datetime,
    fields: Mapping[str, Any],
    team: Mapping[str, Any],
    ties: Ties,
    active: bool | None = None,
) -> Calendar:
    """Fields, type and team, ties, and a pause."""
    who: dict[str, Any] = {"account": account, "calendar_id": calendar_id, "actor": actor, "now": now}
    _tie(who, ties)
    if team:  # first: what the fields may say depends on the type
        set_team(**who, **team)
    calendar = update_calendar(**who, **fields)
    return calendar if active is None else set_active(**who, active=active)


def _tie(who: dict[str, Any], ties: Ties) -> None:
    """Locks are taken as everywhere: the schedule and the group before their calendars."""
    if "schedule" in ties:
        lock(who["account"], ties["schedule"])
    if "group" in ties:
        choose_group(**who, group=ties["group"])
    if "schedule" in ties:
        choose_schedule(**who, schedule_id=ties["schedule"])
    if "form" in ties:
        choose_form(**who, form_id=ties["form"])

"""What every write of a calendar shares: its locked row, its hours, its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from admitone.accounts.models import Account
from admitone.calendars import plans
from admitone.calendars.models import Calendar, Hours, Schedule
from admitone.events import Actor, record
from admitone.logic import identity
from admitone.logic.errors import Problem
from admitone.logic.hours import Window

Week = Mapping[int, Sequence[Window]]


def for_update(account: Account, calendar_id: UUID, *, deleted: bool = False) -> Calendar:
    """The account's calendar, locked; Problem("not_found") for another's, an unknown or (unless asked) a deleted one."""
    rows = Calendar.objects.filter(id=calendar_id, account=account)
    for calendar in plans.locked(rows if deleted else rows.filter(deleted_at=None)):
        return calendar
    raise Problem("not_found")


def clean_zone(raw: str) -> str:
    try:
        return identity.clean_zone(raw)
    except ValueError as error:
        raise Problem("invalid", fields={"timezone": str(error)}) from error


def write_week(schedule: Schedule, week: Week) -> None:
    Hours.objects.bulk_create(
        Hours(schedule=schedule, weekday=weekday, start=start, end=end)
        for weekday, windows in week.items()
        for start, end in windows
    )


def tell(calendar: Calendar, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=calendar.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="calendar",
        subject_id=calendar.id,
        facts={"calendar": str(calendar.id), **facts},
    )

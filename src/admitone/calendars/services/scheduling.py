"""Schedules as such: make, rename, copy, delete, and choose the one that a calendar opens by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.calendars import plans
from admitone.calendars.models import Calendar, CalendarHost, Holiday, Override, Schedule
from admitone.calendars.services.calendars import OFFICE_HOURS
from admitone.calendars.services.holidays import set_holidays
from admitone.calendars.services.rows import Week, clean_zone, for_update
from admitone.calendars.services.rows import tell as tell_calendar
from admitone.calendars.services.schedules import (
    MAX_OVERRIDES,
    changed,
    clean_override,
    lock,
    set_timezone,
    set_weekly_hours,
    tell,
    week_rows,
    write_hours,
)
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.logic.hours import Window
from admitone.logic.identity import clean_name

MAX_SCHEDULES = 500


def create_schedule(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    name: str,
    timezone: str = "",
    week: Week = OFFICE_HOURS,
    alternating: Mapping[int, Week] | None = None,
) -> Schedule:
    """A schedule that nothing uses yet; the zone is the account's unless given. Problem("invalid", fields)."""
    called, zone = _clean_name(name), clean_zone(timezone or account.timezone)
    rows = week_rows(week, alternating or {})
    with transaction.atomic():
        _refuse_too_many(account)
        schedule = Schedule.objects.create(account=account, name=called, timezone=zone, created_at=now)
        write_hours(schedule, rows)
        tell(schedule, actor, now, "schedule.created")
    return schedule


def rename_schedule(*, account: Account, schedule_id: UUID, actor: Actor, now: datetime, name: str) -> Schedule:
    """Guests never see the name, so no plan changes."""
    called = _clean_name(name)
    with transaction.atomic():
        schedule = lock(account, schedule_id)
        if schedule.name != called:
            schedule.name = called
            schedule.save(update_fields=["name"])
            tell(schedule, actor, now, "schedule.changed", fields=["name"])
    return schedule


def duplicate_schedule(*, account: Account, schedule_id: UUID, actor: Actor, now: datetime, name: str) -> Schedule:
    """A copy with hours, single dates and holidays, which nothing uses yet."""
    called = _clean_name(name)
    with transaction.atomic():
        _refuse_too_many(account)
        old = lock(account, schedule_id)
        kept = ("timezone", "holiday_country", "holiday_subdivision", "holidays_read_at")
        same: dict[str, Any] = {field: getattr(old, field) for field in kept}
        new = Schedule.objects.create(account=account, name=called, created_at=now, **same)
        write_hours(new, list(old.hours.values_list("weekday", "start", "end", "every", "phase")))
        dates = old.overrides.values("date", "windows", "mode")
        Override.objects.bulk_create(Override(schedule=new, **row) for row in dates)
        Holiday.objects.bulk_create(Holiday(schedule=new, **row) for row in old.holidays.values("date", "name", "open"))
        tell(new, actor, now, "schedule.created")
    return new


def delete_schedule(*, account: Account, schedule_id: UUID, actor: Actor, now: datetime) -> None:
    """For good. Problem("schedule_in_use") while a calendar, a deleted one too, or a host opens by it."""
    with transaction.atomic():
        schedule = lock(account, schedule_id)
        if schedule.calendars.exists() or schedule.calendar_hosts.exists():
            raise Problem("schedule_in_use")
        tell(schedule, actor, now, "schedule.deleted")
        schedule.delete()


def choose_schedule(
    *,
    account: Account,
    calendar_id: UUID,
    schedule_id: UUID,
    actor: Actor,
    now: datetime,
    host_id: UUID | None = None,
) -> Calendar:
    """The calendar opens by that schedule from now on; with `host_id`, its host keeps those hours of their own."""
    with transaction.atomic():
        schedule = lock(account, schedule_id)
        calendar = for_update(account, calendar_id)
        field = "schedule" if host_id is None else "hosts"
        if host_id is None:
            moved = calendar.schedule_id != schedule.id
            calendar.schedule = schedule
        else:
            moved = _own_hours(calendar, host_id, schedule)
        if moved:
            calendar.updated_at = now
            plans.store(calendar, ["schedule", "updated_at"])
            tell_calendar(calendar, actor, now, "calendar.changed", fields=[field])
    return calendar


def set_overrides(
    *,
    account: Account,
    schedule_id: UUID,
    actor: Actor,
    now: datetime,
    overrides: Sequence[tuple[date, str, Sequence[Window]]],
) -> Schedule:
    """Replace all single dates by (date, mode, windows). Problem("invalid", fields)."""
    if len(overrides) > MAX_OVERRIDES:
        raise Problem("invalid", fields={"overrides": f"A schedule holds {MAX_OVERRIDES} single dates at most."})
    wanted = {}
    for day, mode, windows in overrides:
        joined = clean_override(day, None, windows, mode)[2]
        if (day, mode) in wanted:
            raise Problem("invalid", fields={"overrides": f"{day} is there twice."})
        wanted[day, mode] = [list(window) for window in joined]
    with transaction.atomic():
        schedule = lock(account, schedule_id)
        if {(row.date, row.mode): row.windows for row in schedule.overrides.all()} != wanted:
            schedule.overrides.all().delete()
            rows = (Override(schedule=schedule, date=d, mode=m, windows=at) for (d, m), at in wanted.items())
            Override.objects.bulk_create(rows)
            changed(schedule, actor, now, ["overrides"])
    return schedule


def _own_hours(calendar: Calendar, host_id: UUID, schedule: Schedule) -> bool:
    row = CalendarHost.objects.filter(calendar=calendar, host_id=host_id).first()
    if row is None:
        raise Problem("not_found")
    moved = row.schedule_id != schedule.id
    row.schedule = schedule
    row.save(update_fields=["schedule"])
    return moved


def _refuse_too_many(account: Account) -> None:
    if account.schedules.count() >= MAX_SCHEDULES:
        raise Problem("invalid", fields={"name": f"A sub-account holds {MAX_SCHEDULES} schedules at most."})


def _clean_name(raw: str) -> str:
    try:
        name = clean_name(raw, 120)
    except ValueError as error:
        raise Problem("invalid", fields={"name": str(error)}) from error
    if not name:
        raise Problem("invalid", fields={"name": "This is needed."})
    return name


@transaction.atomic
def amend_schedule(
    *,
    account: Account,
    schedule_id: UUID,
    actor: Actor,
    now: datetime,
    name: str | None = None,
    timezone: str | None = None,
    hours: Mapping[str, Any] | None = None,
    overrides: Sequence[tuple[date, str, Sequence[Window]]] | None = None,
    holidays: tuple[str, str] | None = None,
) -> Schedule:
    """What is given, all of it or nothing; `hours` holds week and alternating of set_weekly_hours, `holidays` country
    and subdivision."""
    who: dict[str, Any] = {"account": account, "schedule_id": schedule_id, "actor": actor, "now": now}
    if name is not None:
        rename_schedule(**who, name=name)
    if timezone is not None:
        set_timezone(**who, timezone=timezone)
    if hours is not None:
        set_weekly_hours(**who, **hours)
    if overrides is not None:
        set_overrides(**who, overrides=overrides)
    if holidays is not None:
        set_holidays(**who, country=holidays[0], subdivision=holidays[1])
    return lock(account, schedule_id)

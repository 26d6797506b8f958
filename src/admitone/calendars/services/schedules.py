"""Weekly hours, single dates and the zone of a schedule; every calendar and host of the schedule follows.

A schedule is named by its own id or by a calendar's that opens by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from admitone.accounts.models import Account
from admitone.calendars import plans
from admitone.calendars.models import Calendar, Hours, Override, Schedule
from admitone.calendars.services.rows import Week, clean_zone
from admitone.events import Actor, record
from admitone.logic import hours
from admitone.logic.errors import Problem
from admitone.logic.faults import Faults

MAX_OVERRIDES = 1000
MODES = ("replace", "add", "subtract")


def set_weekly_hours(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    week: Week,
    calendar_id: UUID | None = None,
    schedule_id: UUID | None = None,
    alternating: Mapping[int, Week] | None = None,
) -> Schedule:
    """Replace the weekly hours: {weekday: [(start, end), ...]} in minutes; a day left out is closed.

    `alternating` holds further hours of every other week by the phase of that week (logic.availability.Window).
    Windows that overlap or touch are joined. Problem("invalid", fields={"day-0": sentence}).
    """
    wanted = week_rows(week, alternating or {})
    with transaction.atomic():
        schedule = lock(account, schedule_id, calendar_id)
        if sorted(schedule.hours.values_list("weekday", "start", "end", "every", "phase")) != wanted:
            write_hours(schedule, wanted)
            changed(schedule, actor, now, ["hours"])
    return schedule


def week_rows(week: Week, alternating: Mapping[int, Week]) -> list[tuple[int, ...]]:
    """(weekday, start, end, every, phase) of every window, sorted; Problem("invalid", fields={"day-0": sentence})."""
    if not set(alternating) <= {0, 1}:
        raise Problem("invalid", fields={"phase": "Weeks alternate between 0 and 1."})
    rows = [(day, *window, 1, 0) for day, windows in hours.clean_week(week).items() for window in windows]
    for phase, other in alternating.items():
        rows += [(day, *window, 2, phase) for day, windows in hours.clean_week(other).items() for window in windows]
    return sorted(rows)


def write_hours(schedule: Schedule, rows: Sequence[tuple[int, ...]]) -> None:
    """In the caller's transaction."""
    names = ("weekday", "start", "end", "every", "phase")
    Hours.objects.filter(schedule=schedule).delete()
    Hours.objects.bulk_create(Hours(schedule=schedule, **dict(zip(names, row, strict=True))) for row in rows)


def set_override(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    date: date,
    windows: Sequence[hours.Window] = (),
    until: date | None = None,
    mode: str = "replace",
    calendar_id: UUID | None = None,
    schedule_id: UUID | None = None,
) -> Schedule:
    """Other hours for one date, or for every date up to `until`: `replace` the weekly ones (no windows = closed), `add`
    to them or `subtract` from them. Problem("invalid", fields)."""
    first, last, joined = clean_override(date, until, windows, mode)
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    stored = [list(window) for window in joined]
    with transaction.atomic():
        schedule = lock(account, schedule_id, calendar_id)
        there = schedule.overrides.filter(date__range=(first, last), mode=mode)
        same = {row.date for row in there if row.windows == stored}
        moved = [day for day in days if day not in same]
        if not moved:
            return schedule
        if schedule.overrides.count() - there.count() + len(days) > MAX_OVERRIDES:
            raise Problem("invalid", fields={"date": f"A schedule holds {MAX_OVERRIDES} single dates at most."})
        there.filter(date__in=moved).delete()
        if mode == "replace" and not stored:  # closed is closed, whatever had been added
            schedule.overrides.filter(date__in=moved).delete()
        rows = (Override(schedule=schedule, date=day, windows=stored, mode=mode) for day in moved)
        Override.objects.bulk_create(rows)
        changed(schedule, actor, now, ["overrides"])
    return schedule


def clear_override(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    date: date,
    until: date | None = None,
    mode: str | None = None,
    calendar_id: UUID | None = None,
    schedule_id: UUID | None = None,
) -> Schedule:
    """The weekly hours count again on that date, or on all up to `until`; with `mode` only such overrides fall away."""
    with transaction.atomic():
        schedule = lock(account, schedule_id, calendar_id)
        rows = schedule.overrides.filter(date__range=(date, until or date))
        deleted, _ = (rows.filter(mode=mode) if mode else rows).delete()
        if deleted:
            changed(schedule, actor, now, ["overrides"])
    return schedule


def set_timezone(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    timezone: str,
    calendar_id: UUID | None = None,
    schedule_id: UUID | None = None,
) -> Schedule:
    """The zone on whose wall clock the hours are written; the hours keep their numbers."""
    zone = clean_zone(timezone)
    with transaction.atomic():
        schedule = lock(account, schedule_id, calendar_id)
        if schedule.timezone != zone:
            schedule.timezone = zone
            schedule.save(update_fields=["timezone"])
            changed(schedule, actor, now, ["timezone"])
    return schedule


def lock(account: Account, schedule_id: UUID | None, calendar_id: UUID | None = None) -> Schedule:
    """The account's schedule, locked before any calendar is; Problem("not_found") for others, and a deleted calendar's."""
    rows = Schedule.objects.filter(account=account)
    if calendar_id is not None:
        # By a subquery: the lock is the schedule's alone.
        own = Calendar.objects.filter(account=account, id=calendar_id, deleted_at=None)
        rows = rows.filter(id__in=own.values("schedule"))
    else:
        rows = rows.filter(Q(id=schedule_id))
    schedule = rows.select_for_update(no_key=True).first()
    if schedule is None:
        raise Problem("not_found")
    return schedule


def changed(schedule: Schedule, actor: Actor, now: datetime, fields: list[str]) -> None:
    """Recompile the plans that hold the schedule, and tell of it."""
    plans.recompile(Calendar.objects.filter(Q(schedule=schedule) | Q(calendar_hosts__schedule=schedule)).distinct())
    tell(schedule, actor, now, "schedule.changed", fields=fields)


def tell(schedule: Schedule, actor: Actor, now: datetime, kind: str, **facts: object) -> None:
    record(
        account_id=schedule.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="schedule",
        subject_id=schedule.id,
        facts={"schedule": str(schedule.id), **facts},
    )


def clean_override(
    first: date, until: date | None, windows: Sequence[hours.Window], mode: str
) -> tuple[date, date, list[hours.Window]]:
    faults = Faults()
    for name, check in (
        ("date", lambda: hours.clean_date(first)),
        ("until", lambda: _clean_until(first, until)),
        ("windows", lambda: _clean_windows(windows, mode)),
    ):
        with faults.at(name):
            check()
    faults.refuse()
    return first, until or first, hours.join(windows)


def _clean_until(first: date, until: date | None) -> None:
    if until is not None and not 0 <= (hours.clean_date(until) - first).days <= 366:
        raise ValueError("The last day has to follow the first one, within a year.")


def _clean_windows(windows: Sequence[hours.Window], mode: str) -> None:
    if mode not in MODES:
        raise ValueError(f"Choose one of: {', '.join(MODES)}.")
    if not hours.join(windows) and mode != "replace":
        raise ValueError("Enter hours like 09:00-12:00, 13:00-17:00.")

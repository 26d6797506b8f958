"""Weekly hours, single dates and the zone of a calendar's schedule; every calendar of the schedule follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from admitone.accounts.models import Account
from admitone.calendars import plans
from admitone.calendars.models import Calendar, Hours, Override, Schedule
from admitone.calendars.services.rows import Week, clean_zone, for_update, write_week
from admitone.events import Actor, record
from admitone.logic import hours
from admitone.logic.errors import Problem

MAX_OVERRIDES = 1000


def set_weekly_hours(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, week: Week) -> Schedule:
    """Replace the weekly hours: {weekday: [(start, end), ...]} in minutes; a day left out is closed.

    Windows that overlap or touch are joined. Problem("invalid", fields={"day-0": sentence}).
    """
    cleaned = hours.clean_week(week)
    rows = [(day, start, end) for day, windows in sorted(cleaned.items()) for start, end in windows]
    with transaction.atomic():
        schedule = _schedule(account, calendar_id)
        if list(schedule.hours.order_by("weekday", "start").values_list("weekday", "start", "end")) != rows:
            Hours.objects.filter(schedule=schedule).delete()
            write_week(schedule, cleaned)
            _changed(schedule, actor, now, ["hours"])
    return schedule


def set_override(
    *,
    account: Account,
    calendar_id: UUID,
    actor: Actor,
    now: datetime,
    date: date,
    windows: Sequence[hours.Window] = (),
    until: date | None = None,
) -> Schedule:
    """Other hours for one date, or for every date up to `until`; no windows = closed. Problem("invalid", fields)."""
    first, last, joined = _clean_override(date, until, windows)
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    stored = [list(window) for window in joined]
    with transaction.atomic():
        schedule = _schedule(account, calendar_id)
        same = {row.date for row in schedule.overrides.filter(date__range=(first, last)) if row.windows == stored}
        changed = [day for day in days if day not in same]
        if not changed:
            return schedule
        if schedule.overrides.exclude(date__range=(first, last)).count() + len(days) > MAX_OVERRIDES:
            raise Problem("invalid", fields={"date": f"A schedule holds {MAX_OVERRIDES} single dates at most."})
        schedule.overrides.filter(date__in=changed).delete()
        Override.objects.bulk_create(Override(schedule=schedule, date=day, windows=stored) for day in changed)
        _changed(schedule, actor, now, ["overrides"])
    return schedule


def clear_override(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, date: date) -> Schedule:
    """The weekly hours count again on that date; no override there: nothing happens."""
    with transaction.atomic():
        schedule = _schedule(account, calendar_id)
        deleted, _ = schedule.overrides.filter(date=date).delete()
        if deleted:
            _changed(schedule, actor, now, ["overrides"])
    return schedule


def set_timezone(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, timezone: str) -> Schedule:
    """The zone on whose wall clock the hours are written; the hours keep their numbers."""
    zone = clean_zone(timezone)
    with transaction.atomic():
        schedule = _schedule(account, calendar_id)
        if schedule.timezone != zone:
            schedule.timezone = zone
            schedule.save(update_fields=["timezone"])
            _changed(schedule, actor, now, ["timezone"])
    return schedule


def _schedule(account: Account, calendar_id: UUID) -> Schedule:
    return for_update(account, calendar_id).schedule


def _changed(schedule: Schedule, actor: Actor, now: datetime, fields: list[str]) -> None:
    plans.recompile(Calendar.objects.filter(Q(schedule=schedule) | Q(calendar_hosts__schedule=schedule)).distinct())
    record(
        account_id=schedule.account_id,
        actor=actor,
        now=now,
        kind="schedule.changed",
        subject_kind="schedule",
        subject_id=schedule.id,
        facts={"schedule": str(schedule.id), "fields": fields},
    )


def _clean_override(
    first: date, until: date | None, windows: Sequence[hours.Window]
) -> tuple[date, date, list[hours.Window]]:
    errors = {}
    for name, check in (
        ("date", lambda: hours.clean_date(first)),
        ("until", lambda: _clean_until(first, until)),
        ("windows", lambda: hours.join(windows)),
    ):
        try:
            check()
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise Problem("invalid", fields=errors)
    return first, until or first, hours.join(windows)


def _clean_until(first: date, until: date | None) -> None:
    if until is not None and not 0 <= (hours.clean_date(until) - first).days <= 366:
        raise ValueError("The last day has to follow the first one, within a year.")

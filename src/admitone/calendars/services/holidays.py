"""Public holidays of a schedule: read for this year and the next two, closed unless somebody opens one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from admitone.accounts.models import Account
from admitone.calendars.models import Holiday, Schedule
from admitone.calendars.services.schedules import changed, lock
from admitone.events import SYSTEM, Actor
from admitone.logic import public_holidays
from admitone.logic.errors import Problem

YEARS = 3
#: A new year brings one year more, a new release of the package corrections.
AGE = timedelta(days=30)


def set_holidays(
    *, account: Account, schedule_id: UUID, actor: Actor, now: datetime, country: str, subdivision: str = ""
) -> Schedule:
    """Close on the public holidays of a country, or of one part of it; no country: on none. Problem("invalid", fields)."""
    errors = public_holidays.check(country, subdivision)
    if errors:
        raise Problem("invalid", fields=errors)
    with transaction.atomic():
        schedule = lock(account, schedule_id)
        if (schedule.holiday_country, schedule.holiday_subdivision) != (country, subdivision):
            schedule.holiday_country, schedule.holiday_subdivision = country, subdivision
            _read(schedule, now)
            changed(schedule, actor, now, ["holidays"])
    return schedule


def open_holiday(
    *, account: Account, schedule_id: UUID, actor: Actor, now: datetime, date: date, is_open: bool = True
) -> Schedule:
    """Keep the usual hours on a public holiday, or close again; Problem("not_found") for a date that is none."""
    with transaction.atomic():
        schedule = lock(account, schedule_id)
        holiday = schedule.holidays.filter(date=date).first()
        if holiday is None:
            raise Problem("not_found")
        if holiday.open != is_open:
            holiday.open = is_open
            holiday.save(update_fields=["open"])
            changed(schedule, actor, now, ["holidays"])
    return schedule


def due(now: datetime) -> list[UUID]:
    """Schedules whose holidays were read a month ago, or last year."""
    new_year = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    old = Q(holidays_read_at=None) | Q(holidays_read_at__lt=max(now - AGE, new_year))
    rows = Schedule.objects.filter(old).exclude(holiday_country="")
    return list(rows.order_by("id").values_list("id", flat=True))


def refresh_holidays(*, schedule_id: UUID, now: datetime) -> bool:
    """Read one schedule's holidays again; whether anything changed. What was opened stays open."""
    with transaction.atomic():
        rows = Schedule.objects.filter(id=schedule_id).exclude(holiday_country="")
        schedule = rows.select_for_update(no_key=True).first()
        if schedule is None or not _read(schedule, now):
            return False
        changed(schedule, SYSTEM, now, ["holidays"])
    return True


def _read(schedule: Schedule, now: datetime) -> bool:
    """Write the schedule's holidays from today's year on, in the caller's transaction."""
    found: dict[date, str] = {}
    if schedule.holiday_country:
        place = (schedule.holiday_country, schedule.holiday_subdivision)
        found = public_holidays.holidays_in(*place, range(now.year, now.year + YEARS), schedule.account.locale)
    before = {row.date: row for row in schedule.holidays.all()}
    opened = {day for day, row in before.items() if row.open}
    schedule.holidays_read_at = now
    schedule.save(update_fields=["holiday_country", "holiday_subdivision", "holidays_read_at"])
    if {day: row.name for day, row in before.items()} == {day: name[:200] for day, name in found.items()}:
        return False
    schedule.holidays.all().delete()
    Holiday.objects.bulk_create(
        Holiday(schedule=schedule, date=day, name=name[:200], open=day in opened) for day, name in found.items()
    )
    return True

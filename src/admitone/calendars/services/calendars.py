"""Create, change, pause and delete calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.calendars import places, plans
from admitone.calendars.models import Calendar, CalendarHost, CalendarSlug, Host, Schedule
from admitone.calendars.queries import bookable
from admitone.calendars.services.hosts import host_for_actor, restore_team
from admitone.calendars.services.rows import Week, clean_zone, for_update, tell, write_week
from admitone.calendars.services.teams import set_team
from admitone.events import Actor
from admitone.logic.calendars import CLEANERS, clean_calendar, clean_slug, slug_from
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_week
from admitone.logic.kinds import Team, check_team, kind_of
from admitone.logic.plan import encode

#: Monday to Friday, 09:00 to 17:00.
OFFICE_HOURS: Week = {weekday: [(540, 1020)] for weekday in range(5)}


def create_calendar(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    name: str,
    duration: int = 30,
    host: Host | None = None,
    slug: str = "",
    timezone: str = "",
    hours: Week = OFFICE_HOURS,
    kind: str = "personal",
    capacity: int | None = None,
    team: Mapping[str, Any] | None = None,
    schedule: Schedule | None = None,
    **fields: Any,
) -> Calendar:
    """A calendar with one host, the team's first or else the acting user unless given, and a schedule of its own unless one is given, which
    then decides zone and hours; `team` is handed to set_team.

    `kind` is one of logic.kinds.KINDS, `capacity` the seats of a class (10 unless given) or an event (no limit: 0).
    `hours` maps weekdays (0 = Monday) to windows in minutes; `fields` are those of update_calendar. Without `slug` a free
    one is made from the name. Problem("invalid") or Problem("slug_taken").
    """
    seats = kind_of(kind).capacity if capacity is None else capacity
    check_team(Team(kind, seats, hosts=1, required=1))
    fields = {"interval": duration, **fields, "name": name, "duration": duration}
    cleaned = clean_calendar(fields, {"kind": kind, "capacity": seats})
    week = clean_week(hours)
    zone = clean_zone(timezone or account.timezone)
    with transaction.atomic():
        host = host or _first(account, team) or host_for_actor(account=account, actor=actor, now=now)
        _refuse_foreign(account, host)
        if schedule is None:
            schedule = Schedule.objects.create(account=account, name=cleaned["name"], timezone=zone, created_at=now)
            write_week(schedule, week)
        placed = places.checked(Calendar(), cleaned, {host.id: host.video_url})
        calendar = Calendar(account=account, schedule=schedule, created_at=now, updated_at=now, **placed)
        calendar.kind, calendar.capacity = kind, seats
        calendar.slug = _asked_slug(account, slug) if slug else _free_slug(account, cleaned["name"])
        calendar.consent_version = 1 if calendar.consent_text else 0
        calendar.plan_version = 1
        calendar.save(force_insert=True)
        _claim(calendar)
        CalendarHost.objects.create(calendar=calendar, host=host)
        calendar.plan = encode(plans.compile_plan(calendar))
        calendar.save(update_fields=["plan"])
        tell(calendar, actor, now, "calendar.created")
        if team:
            calendar = set_team(account=account, calendar_id=calendar.id, actor=actor, now=now, **team)
    return calendar


def update_calendar(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, **changes: Any) -> Calendar:
    """Change any of logic.calendars.CLEANERS, and `slug`. Nothing changed: nothing written. Problem("invalid", fields)."""
    wanted_slug = changes.pop("slug", None)
    with transaction.atomic():
        calendar = for_update(account, calendar_id)
        cleaned = clean_calendar(changes, {name: getattr(calendar, name) for name in (*CLEANERS, "kind", "capacity")})
        cleaned = places.checked(calendar, cleaned)
        slug_moved = wanted_slug is not None and _move_slug(calendar, wanted_slug)
        changed = [name for name, value in cleaned.items() if getattr(calendar, name) != value]
        if not changed and not slug_moved:
            return calendar
        for name in changed:
            setattr(calendar, name, cleaned[name])
        if "consent_text" in changed:
            calendar.consent_version += 1
        calendar.updated_at = now
        plans.store(calendar, [*changed, "slug", "consent_version", "updated_at"])
        tell(calendar, actor, now, "calendar.changed", fields=sorted([*changed, *(["slug"] if slug_moved else [])]))
    return calendar


def change_slug(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, slug: str) -> Calendar:
    """A new address; the old ones go on and redirect. A calendar may take back its own old slug.

    Problem("invalid") for a bad or reserved word, Problem("slug_taken") for another calendar's, past or present.
    """
    return update_calendar(account=account, calendar_id=calendar_id, actor=actor, now=now, slug=slug)


def set_active(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, active: bool) -> Calendar:
    """Pause or resume; a paused calendar keeps its links and its bookings but takes no new ones."""
    with transaction.atomic():
        calendar = for_update(account, calendar_id)
        if calendar.active != active:
            calendar.active = active
            calendar.updated_at = now
            plans.store(calendar, ["active", "updated_at"])
            tell(calendar, actor, now, "calendar.resumed" if active else "calendar.paused")
    return calendar


def delete_calendar(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime) -> Calendar:
    """Hide the calendar and close its links; bookings stay. `restore_calendar` undoes it. Deleting twice is once."""
    with transaction.atomic():
        calendar = for_update(account, calendar_id, deleted=True)
        if calendar.deleted_at is None:
            calendar.deleted_at = calendar.updated_at = now
            calendar.save(update_fields=["deleted_at", "updated_at"])
            tell(calendar, actor, now, "calendar.deleted")
    return calendar


def restore_calendar(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime) -> Calendar:
    """Bring a deleted calendar back with its slugs, links, hours and hosts."""
    with transaction.atomic():
        calendar = for_update(account, calendar_id, deleted=True)
        if calendar.deleted_at is not None:
            calendar.deleted_at, calendar.updated_at = None, now
            restore_team(calendar, actor, now)
            plans.store(calendar, ["deleted_at", "updated_at"])
            tell(calendar, actor, now, "calendar.restored")
    return calendar


def _first(account: Account, team: Mapping[str, Any] | None) -> Host | None:
    """Whom a team names first: nobody else becomes a host on the way. Problem("not_found") for one of others."""
    for one in (team or {}).get("hosts") or ():
        host = bookable(account).filter(id=one.host).distinct().first()
        if host is None:
            raise Problem("not_found")
        return host
    return None


def _refuse_foreign(account: Account, host: Host) -> None:
    if host.agency_id != account.agency_id:
        raise Problem("not_found")


def _asked_slug(account: Account, raw: str, calendar: Calendar | None = None) -> str:
    try:
        slug = clean_slug(raw)
    except ValueError as error:
        raise Problem("invalid", fields={"slug": str(error)}) from error
    taken = CalendarSlug.objects.filter(account=account, slug=slug)
    if (taken.exclude(calendar=calendar) if calendar else taken).exists():
        raise _taken()
    return slug


def _free_slug(account: Account, name: str) -> str:
    stem = slug_from(name)
    taken = set(CalendarSlug.objects.filter(account=account, slug__startswith=stem).values_list("slug", flat=True))
    candidates = (f"{stem}-{n}" if n > 1 else stem for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def _move_slug(calendar: Calendar, raw: str) -> bool:
    slug = _asked_slug(calendar.account, raw, calendar)
    if slug == calendar.slug:
        return False
    calendar.slug = slug
    _claim(calendar)
    return True


def _claim(calendar: Calendar) -> None:
    """Take the calendar's slug; of two writers at once, the second is refused."""
    row, _ = CalendarSlug.objects.get_or_create(
        account_id=calendar.account_id, slug=calendar.slug, defaults={"calendar": calendar}
    )
    if row.calendar_id != calendar.id:
        raise _taken()


def _taken() -> Problem:
    return Problem("slug_taken", fields={"slug": "Another calendar has this address, or had it before."})

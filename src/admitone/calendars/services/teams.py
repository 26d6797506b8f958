"""A calendar's type and team: who can take its appointments, how one is chosen, how many seats there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.calendars import plans
from admitone.calendars.models import Calendar, CalendarHost, Schedule
from admitone.calendars.queries import bookable
from admitone.calendars.services.rows import for_update, tell
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.logic.kinds import Team, check_hosts, check_team, kind_of

FIELDS = ("kind", "capacity", "strategy", "count_days", "guest_picks_host")


@dataclass(frozen=True, slots=True)
class TeamHost:
    """One of a team. A higher `priority` is asked first, `weight` is their share, `schedule` their own hours."""

    host: UUID
    priority: int = 0
    weight: int = 1
    required: bool = True
    schedule: UUID | None = None


def set_team(
    *,
    account: Account,
    calendar_id: UUID,
    actor: Actor,
    now: datetime,
    kind: str | None = None,
    hosts: Sequence[TeamHost] | None = None,
    capacity: int | None = None,
    strategy: str | None = None,
    count_days: int | None = None,
    guest_picks_host: bool | None = None,
) -> Calendar:
    """Change what is given of a calendar's type and team; bookings that exist stay as they are.

    Problem("invalid") for a team that its type cannot have, ("not_found") for hosts or schedules of others.
    """
    with transaction.atomic():
        calendar = for_update(account, calendar_id)
        rows = current_team(calendar) if hosts is None else list({one.host: one for one in hosts}.values())
        wanted = _wanted(calendar, rows, kind, capacity, strategy, count_days, guest_picks_host)
        check_team(wanted)
        check_hosts(rows)
        changed = [name for name in FIELDS if getattr(calendar, name) != getattr(wanted, name)]
        if hosts is not None and _rewrite(account, calendar, rows):
            changed.append("hosts")
        if changed:
            for name in FIELDS:
                setattr(calendar, name, getattr(wanted, name))
            calendar.updated_at = now
            plans.store(calendar, [*FIELDS, "updated_at"])
            tell(calendar, actor, now, "calendar.changed", fields=sorted(changed))
    return calendar


def current_team(calendar: Calendar) -> list[TeamHost]:
    """The hosts in order of preference, as the plan has them."""
    rows = CalendarHost.objects.filter(calendar=calendar).order_by("-priority", "host_id")
    return [TeamHost(row.host_id, row.priority, row.weight, row.required, row.schedule_id) for row in rows]


def _wanted(
    calendar: Calendar,
    rows: Sequence[TeamHost],
    kind: str | None,
    capacity: int | None,
    strategy: str | None,
    count_days: int | None,
    picks: bool | None,
) -> Team:
    """The team as it would be. A new type takes its own number of seats, and what it cannot have falls away."""
    new = calendar.kind if kind is None else kind
    moved, rules = new != calendar.kind, kind_of(new)
    kept = calendar.capacity if rules.seated and not moved else rules.capacity
    return Team(
        kind=new,
        capacity=kept if capacity is None else capacity,
        hosts=len(rows),
        required=sum(one.required for one in rows),
        strategy=calendar.strategy if strategy is None else strategy,
        count_days=calendar.count_days if count_days is None else count_days,
        guest_picks_host=(calendar.guest_picks_host and rules.choice) if picks is None else picks,
    )


def _rewrite(account: Account, calendar: Calendar, rows: Sequence[TeamHost]) -> bool:
    """Replace the team's rows; whether that changed anything."""
    if sorted(current_team(calendar), key=_key) == sorted(rows, key=_key):
        return False
    wanted = {one.host for one in rows}
    if set(bookable(account).filter(id__in=wanted).values_list("id", flat=True)) != wanted:
        raise Problem("not_found")
    own = {one.schedule for one in rows if one.schedule}
    if Schedule.objects.filter(account=account, id__in=own).count() != len(own):
        raise Problem("not_found")
    CalendarHost.objects.filter(calendar=calendar).delete()
    CalendarHost.objects.bulk_create(
        CalendarHost(
            calendar=calendar,
            host_id=one.host,
            priority=one.priority,
            weight=one.weight,
            required=one.required,
            schedule_id=one.schedule,
        )
        for one in rows
    )
    return True


def _key(one: TeamHost) -> str:
    return str(one.host)

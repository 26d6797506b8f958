"""Reads of calendars. `by_slug` and `plan_by_id` stand behind public pages: one hand-written statement each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from admitone.accounts import queries as accounts
from admitone.accounts.models import Account, Membership, User
from admitone.calendars.models import BlockedTime, BusySource, Calendar, CalendarGroup, CalendarHost, Host, Schedule
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan, decode

BY_SLUG = """
SELECT c.slug, c.access, c.plan
FROM calendars_calendarslug s
JOIN accounts_account a ON a.id = s.account_id
JOIN calendars_calendar c ON c.id = s.calendar_id
WHERE a.slug = %s AND s.slug = %s AND c.deleted_at IS NULL
"""
#: Whatever else a client sends, NUL included, is no slug and never reaches the database.
SLUG = re.compile(r"[a-zA-Z0-9_-]{1,60}")
BY_ID = "SELECT plan FROM calendars_calendar WHERE id = %s AND deleted_at IS NULL"


def by_slug(account_slug: str, slug: str) -> CalendarPlan | str | None:
    """The plan behind a scheduling link; the current slug (str) if an old one was asked for; None if there is none.

    A calendar for one-time links only answers like one that does not exist. One statement.
    """
    row = _one(BY_SLUG, [account_slug, slug])
    if row is None or row[1] == "one_time":
        return None
    return decode(row[2]) if row[0] == slug else row[0]


def plan_by_id(calendar_id: UUID) -> CalendarPlan | None:
    """The plan of a calendar that is not deleted, whatever its access (look at `plan.access`). One statement."""
    row = _one(BY_ID, [calendar_id.hex if connection.vendor == "sqlite" else calendar_id])
    return decode(row[0]) if row else None


def _one(sql: str, params: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def get(account: Account, calendar_id: object, *, deleted: bool = False) -> Calendar:
    """One calendar with its schedule; Problem("not_found") for another account's, unknown and malformed ids."""
    row = accounts.get(account, Calendar, calendar_id, "schedule")
    if row.deleted_at is not None and not deleted:
        raise Problem("not_found")
    return row


def by_id_or_slug(account: Account, reference: str) -> Calendar:
    """One calendar by its id or any slug it ever had; Problem("not_found")."""
    if accounts.as_uuid(reference):
        return get(account, reference)
    known = SLUG.fullmatch(reference)
    rows = Calendar.objects.filter(account=account, slugs__slug=reference, deleted_at=None)
    row = rows.first() if known else None
    if row is None:
        raise Problem("not_found")
    return row


def group_by_id_or_slug(account: Account, reference: str) -> CalendarGroup:
    """One group by its id or any slug it ever had that no other has taken; Problem("not_found")."""
    key = accounts.as_uuid(reference)
    rows = CalendarGroup.objects.filter(account=account, deleted_at=None)
    rows = rows.filter(id=key) if key else rows.filter(Q(slug=reference) | Q(old_slugs__slug=reference))
    row = rows.first() if key or SLUG.fullmatch(reference) else None
    if row is None:
        raise Problem("not_found")
    return row


def listing(account: Account) -> QuerySet[Calendar]:
    """The account's calendars with their teams' rows, deleted ones left out."""
    rows = Calendar.objects.filter(account=account, deleted_at=None)
    return rows.select_related("group").prefetch_related("calendar_hosts")


def calendars_for(account: Account, user: User | None, role: str | None) -> list[Calendar]:
    """Calendars a person may see, by name: all for owners and admins, the granted ones for members."""
    rows = Calendar.objects.filter(account=account, deleted_at=None).select_related("schedule")
    if role not in ("owner", "admin"):
        rows = rows.filter(access_rows__user=user)
    return list(rows.prefetch_related("calendar_hosts__host").order_by(Lower("name"), "id"))


def deleted_calendars(account: Account) -> list[Calendar]:
    return list(Calendar.objects.filter(account=account).exclude(deleted_at=None).order_by("-deleted_at"))


def bookable(account: Account) -> QuerySet[Host]:
    """Hosts of the agency who are members here, already booked here, made here, or nobody's yet; no deleted ones."""
    members = Membership.objects.filter(account=account).values("user")
    here = CalendarHost.objects.filter(calendar__account=account).values("host")
    booked = CalendarHost.objects.values("host")
    return Host.objects.filter(
        Q(user__in=members) | Q(id__in=here) | Q(account=account) | (Q(user=None, account=None) & ~Q(id__in=booked)),
        agency_id=account.agency_id,
        deleted_at=None,
    )


def hosts_for(account: Account) -> QuerySet[Host]:
    """Who can be chosen as a host here, by name: members, people already booked here, and those made here."""
    return (
        bookable(account)
        .filter(Q(user__isnull=False) | Q(calendar_hosts__calendar__account=account) | Q(account=account))
        .distinct()
        .order_by(Lower("name"), "id")
    )


def busy_sources(account: Account, host_ids: Sequence[UUID] | None = None) -> list[BusySource]:
    """The account's busy sources, by host; another sub-account's sources of the same host are not shown (P6)."""
    rows = BusySource.objects.filter(account=account).select_related("host")
    if host_ids is not None:
        rows = rows.filter(host_id__in=host_ids)
    return list(rows.order_by("host__name", "name", "id"))


def schedule(account: Account, schedule_id: object) -> Schedule:
    """Problem("not_found") for another account's, unknown and malformed ids."""
    return accounts.get(account, Schedule, schedule_id)


def schedules(account: Account) -> QuerySet[Schedule]:
    """By name, each with `used`: how many calendars open by it, for themselves or for a host."""
    rows = Schedule.objects.filter(account=account)
    own, hosts = Q(calendars__deleted_at=None), Q(calendar_hosts__calendar__deleted_at=None)
    rows = rows.annotate(
        used=Count("calendars", filter=own, distinct=True)
        + Count("calendar_hosts__calendar", filter=hosts, distinct=True)
    )
    return rows.order_by(Lower("name"), "id")


def calendars_by(schedule: Schedule) -> list[Calendar]:
    """Calendars that open by the schedule, for themselves or for a host, by name; deleted ones too, which can come back."""
    rows = Calendar.objects.filter(Q(schedule=schedule) | Q(calendar_hosts__schedule=schedule)).distinct()
    return list(rows.order_by(Lower("name"), "id"))


def blocked_times(
    account: Account, *, hosts: Sequence[UUID] | None = None, calendar: UUID | None = None, since: int = 0
) -> QuerySet[BlockedTime]:
    """The account's blocked times that end after an epoch minute, by start: of some hosts, of a calendar, of all."""
    rows = BlockedTime.objects.filter(account=account, end_min__gt=since).select_related("host", "calendar")
    if hosts is not None or calendar is not None:
        rows = rows.filter(Q(host__in=hosts or ()) | (Q(calendar=calendar) if calendar else Q(pk__in=())))
    return rows.order_by("start_min", "id")

"""What a person may do with one calendar: view < book < manage. Owners and admins manage all; members what is granted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from admitone.accounts.models import Account, Membership, User
from admitone.calendars.models import Calendar, CalendarAccess
from admitone.events import Actor, record
from admitone.logic.errors import Problem

Level = Literal["view", "book", "manage"]
LEVELS: tuple[Level, ...] = ("view", "book", "manage")


def visible_calendars(user: User, account: Account, role: str | None) -> QuerySet[Calendar]:
    """The account's calendars, deleted ones left out, that the user may at least see; by name."""
    rows = Calendar.objects.filter(account=account, deleted_at=None).order_by("name", "id")
    if role in ("owner", "admin"):
        return rows
    return rows.filter(access_rows__user=user) if role else rows.none()


def level(user: User, account: Account, role: str | None, calendar: Calendar) -> Level | None:
    """What the user may do with the calendar; None is "not there"."""
    if role is None or calendar.account_id != account.pk:
        return None
    if role in ("owner", "admin"):
        return "manage"
    row = CalendarAccess.objects.filter(calendar=calendar, user=user).first()
    return next((known for known in LEVELS if row and row.level == known), None)


def reaches(have: str | None, wanted: Level) -> bool:
    return have in LEVELS and LEVELS.index(have) >= LEVELS.index(wanted)


def levels_of(account: Account, user_id: UUID) -> dict[UUID, str]:
    """Calendar id -> level that was granted to a member."""
    rows = CalendarAccess.objects.filter(calendar__account=account, user=user_id)
    return dict(rows.values_list("calendar_id", "level"))


def set_access(*, account: Account, actor: Actor, user_id: UUID, levels: Mapping[UUID, str], now: datetime) -> None:
    """Replace all of a member's grants in this account; "" or absent is no access. Problem("not_found" | "invalid")."""
    wanted = {key: value for key, value in levels.items() if value}
    if any(value not in LEVELS for value in wanted.values()):
        raise Problem("invalid", fields={"calendars": _("Choose view, book or manage for each calendar.")})
    membership = Membership.objects.filter(account=account, user=user_id).first()
    known = Calendar.objects.filter(account=account, deleted_at=None, id__in=wanted).count()
    if membership is None or known != len(wanted):
        raise Problem("not_found")
    with transaction.atomic():
        replace(account, user_id, wanted)
        record(
            account_id=account.id,
            actor=actor,
            now=now,
            kind="member.changed",
            subject_kind="member",
            subject_id=membership.id,
            facts={"user": str(user_id), "fields": ["calendars"]},
        )


def replace(account: Account, user_id: UUID, levels: Mapping[UUID, str]) -> None:
    """Inside the caller's transaction."""
    CalendarAccess.objects.filter(calendar__account=account, user=user_id).delete()
    CalendarAccess.objects.bulk_create(
        CalendarAccess(calendar_id=key, user_id=user_id, level=value) for key, value in levels.items()
    )

"""Blocked time: nobody books a host anywhere, or a calendar, from one instant to another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from admitone.accounts import queries as accounts
from admitone.accounts.models import Account
from admitone.calendars.models import BlockedTime, Calendar
from admitone.calendars.queries import bookable
from admitone.events import Actor, record
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name
from admitone.logic.rules import EARLIEST, LATEST

MAX_BLOCKS = 1000
#: Minutes; longer absences are a schedule's dates.
LONGEST = 366 * 1440


def block_time(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    start: int,
    end: int,
    host_id: UUID | None = None,
    calendar_id: UUID | None = None,
    note: str = "",
) -> BlockedTime:
    """Block [start, end) in epoch minutes for exactly one of a host and a calendar; appointments that exist stay.

    Problem("invalid", fields) for a bad stretch, Problem("not_found") for a host or calendar of others.
    """
    text = _clean(now, start, end, note)
    if (host_id is None) == (calendar_id is None):
        raise Problem("invalid", fields={"host": "Choose either a host or a calendar."})
    with transaction.atomic():
        whose = Q(host=host_id) if host_id else Q(calendar=calendar_id)
        ahead = BlockedTime.objects.filter(whose, account=account, end_min__gt=to_min_floor(now))
        if ahead.count() >= MAX_BLOCKS:
            raise Problem("invalid", fields={"start": f"There can be {MAX_BLOCKS} blocked times ahead at most."})
        _refuse_foreign(account, host_id, calendar_id)
        block = BlockedTime.objects.create(
            account=account,
            host_id=host_id,
            calendar_id=calendar_id,
            start_min=start,
            end_min=end,
            note=text,
            created_at=now,
        )
        _tell(block, actor, now, "blocked_time.created")
    return block


def unblock_time(*, account: Account, block_id: UUID, actor: Actor, now: datetime) -> None:
    """Forget it; the time can be booked again."""
    with transaction.atomic():
        block = accounts.get(account, BlockedTime, block_id)
        _tell(block, actor, now, "blocked_time.deleted")
        block.delete()


def _refuse_foreign(account: Account, host_id: UUID | None, calendar_id: UUID | None) -> None:
    if host_id is not None:
        known = bookable(account).filter(id=host_id).exists()
    else:
        known = Calendar.objects.filter(Q(id=calendar_id), account=account, deleted_at=None).exists()
    if not known:
        raise Problem("not_found")


def _clean(now: datetime, start: int, end: int, note: str) -> str:
    errors = {}
    if not EARLIEST <= start < end <= LATEST:
        errors["end"] = "The end has to be after the start."
    elif end - start > LONGEST:
        errors["end"] = "Block a year at most; for more, change the schedule."
    elif end <= to_min_floor(now):
        errors["end"] = "That is over."
    try:
        text = clean_name(note, 200)
    except ValueError as error:
        text, errors["note"] = "", str(error)
    if errors:
        raise Problem("invalid", fields=errors)
    return text


def _tell(block: BlockedTime, actor: Actor, now: datetime, kind: str) -> None:
    whose = {"host": str(block.host_id)} if block.host_id else {"calendar": str(block.calendar_id)}
    record(
        account_id=block.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="blocked_time",
        subject_id=block.id,
        facts={"blocked_time": str(block.id), **whose, "start_min": block.start_min, "end_min": block.end_min},
    )

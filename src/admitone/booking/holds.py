"""Reads of waiting lists: what is kept for whom at a time, and who waits."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.booking.models import WaitlistEntry
from admitone.logic.plan import CalendarPlan
from admitone.logic.tokens import WAITLIST
from admitone.logic.waiting import Held, gathered

#: A hold stands a little longer than its link, so that the seat passes to the next person and not to a passer-by; not
#: for ever, so that a worker that is down keeps no seat empty.
GRACE = timedelta(minutes=10)
WAITING = ("waiting", "offered")
HOLDS = """
SELECT start_min, end_min, seats, 1, link_id FROM booking_seathold
WHERE calendar_id = %s AND start_min >= %s AND start_min < %s AND until > %s
UNION ALL
SELECT start_min, end_min, seats, 0, NULL FROM booking_waitlistentry
WHERE calendar_id = %s AND status = 'waiting' AND start_min >= %s AND start_min < %s"""


def holds(plan: CalendarPlan, first: int, end: int, *, now: datetime, link: UUID | None = None) -> dict[int, Held]:
    """By start in [first, end): what is kept for others than the holder of `link`. One statement."""
    key = UUID(plan.calendar_id)
    sqlite = connection.vendor == "sqlite"
    calendar, own = (key.hex, link.hex if link else None) if sqlite else (key, link)
    until = connection.ops.adapt_datetimefield_value(now - GRACE)
    with connection.cursor() as cursor:
        cursor.execute(HOLDS, [calendar, first, end, until, calendar, first, end])
        rows = cursor.fetchall()
    found = defaultdict(list)
    for start, until_min, seats, kind, holder in rows:
        if until_min - start == plan.rules.duration:
            found[start].append((seats, kind, own is not None and holder == own))
    return {start: gathered(each) for start, each in found.items()}


def waiting_list(account: Account, calendar_id: UUID, *, first: int | None = None) -> QuerySet[WaitlistEntry]:
    """Who waits, by time and in their order; those of times from `first` (epoch minute) on."""
    rows = WaitlistEntry.objects.filter(account=account, calendar=calendar_id).select_related("contact")
    rows = rows if first is None else rows.filter(start_min__gte=first)
    return rows.order_by("start_min", "created_at", "id")


def entry_by_token(token: str) -> WaitlistEntry | None:
    """Whose place it is, by the token of its page; None for anything else."""
    key = keyring().verify(WAITLIST, token)
    related = ("calendar", "contact", "account")
    return WaitlistEntry.objects.select_related(*related).filter(id=key).first() if key else None

"""A class that emptied keeps its host while somebody waits for a place in it: its session stays, without seats.

The host is held as by every other session, so that no reader needs to know, and the database itself refuses whoever comes in
between.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from admitone.booking.holds import WAITING
from admitone.booking.models import Session, WaitlistEntry
from admitone.logic.clock import to_min_floor


def end_empty(sessions: QuerySet[Session]) -> None:
    """Free the hosts of those sessions that have no seats and that nobody waits for. Call it with them locked."""
    sessions.filter(seat_rows=None).exclude(Exists(_line())).delete()


@transaction.atomic
def let_go(*, calendar_id: UUID, start: int, even_waited_for: bool = False) -> None:
    """The same for one time whose line may have ended; `even_waited_for`: nobody can be offered it any more.

    A session that somebody has locked is theirs to end, or the clock's.
    """
    rows = Session.objects.filter(calendar=calendar_id, start_min=start, seat_rows=None)
    keys = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("id", flat=True))
    if even_waited_for:
        Session.objects.filter(id__in=keys, seat_rows=None).delete()
    elif keys:
        end_empty(Session.objects.filter(id__in=keys))


@transaction.atomic
def end_forgotten(now: datetime) -> None:
    """What is left of lines that ended unseen: by a calendar that was paused, deleted, or keeps no list any more."""
    waited = Exists(WaitlistEntry.objects.filter(calendar=OuterRef("calendar_id"), start_min=OuterRef("start_min")))
    rows = Session.objects.filter(waited, seat_rows=None, start_min__gt=to_min_floor(now))
    keys = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("id", flat=True))
    if keys:
        end_empty(Session.objects.filter(id__in=keys))


def _line() -> QuerySet[WaitlistEntry]:
    """Who waits for the session of the outer query, in a calendar that makes offers."""
    return WaitlistEntry.objects.filter(
        calendar=OuterRef("calendar_id"),
        start_min=OuterRef("start_min"),
        end_min=OuterRef("end_min"),
        status__in=WAITING,
        calendar__waitlist=True,
        calendar__active=True,
        calendar__deleted_at=None,
    )

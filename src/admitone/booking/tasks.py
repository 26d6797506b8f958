"""Background work of bookings."""

from __future__ import annotations

from datetime import datetime, timedelta

from admitone.booking.services import complete, decline_unanswered
from admitone.jobs import periodic

BATCH = 500
ANSWERS = 100


@periodic(every=timedelta(minutes=1), name="booking.complete")
def complete_past(*, now: datetime) -> None:
    """In batches, each a transaction of its own, so that a long backlog holds nobody up."""
    while complete(now=now, limit=BATCH) == BATCH:
        pass


@periodic(every=timedelta(minutes=1), name="booking.decline_unanswered")
def decline_late(*, now: datetime) -> None:
    """Requests that nobody answered in time, in batches that hold nobody up."""
    while decline_unanswered(now=now, limit=ANSWERS) == ANSWERS:
        pass

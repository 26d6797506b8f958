"""Background work of bookings."""

from __future__ import annotations

from datetime import datetime, timedelta

from admitone.booking.services import complete
from admitone.jobs import periodic

BATCH = 500


@periodic(every=timedelta(minutes=1), name="booking.complete")
def complete_past(*, now: datetime) -> None:
    """In batches, each a transaction of its own, so that a long backlog holds nobody up."""
    while complete(now=now, limit=BATCH) == BATCH:
        pass

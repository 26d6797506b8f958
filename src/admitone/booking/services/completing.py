"""Appointments that are over become completed by themselves, unless somebody said that it was a no-show."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from admitone.booking.models import Booking
from admitone.booking.services.reserving import facts_of
from admitone.events import SYSTEM, Draft, record_many
from admitone.logic.clock import to_min_floor

#: Minutes after the end in which the host can say that nobody came, before anything follows from it.
GRACE = 15
#: Minutes after which nobody is thanked for coming any more: those of before an upgrade, or of a long outage.
LONG_AGO = 7 * 24 * 60


@transaction.atomic
def complete(*, now: datetime, limit: int = 500) -> int:
    """Mark up to `limit` confirmed bookings that are over, the longest ago first; how many there were.

    booking.completed is recorded once per booking, and not for those that ended more than a week ago.
    """
    minute = to_min_floor(now)
    rows = Booking.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    over = list(rows.filter(status="confirmed", end_min__lte=minute - GRACE).order_by("end_min")[:limit])
    values = {"status": "completed", "completed_at": now, "updated_at": now}
    Booking.objects.filter(id__in=[booking.id for booking in over]).update(**values)
    record_many([_event(booking, now) for booking in over if booking.end_min > minute - LONG_AGO])
    return len(over)


def _event(booking: Booking, now: datetime) -> Draft:
    booking.status = "completed"
    return Draft(booking.account_id, SYSTEM, now, "booking.completed", "booking", booking.id, facts_of(booking))

"""The reminder: one job per booking and start, which looks again before it speaks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admitone.jobs import task
from admitone.logic.clock import from_min
from admitone.notifications import booked
from admitone.notifications.appointments import load
from admitone.notifications.posting import to_guest


@task(queue="notifications")
def remind(*, booking_id: str, start_min: int, now: datetime) -> None:
    """Remind the guest unless the booking was moved, cancelled, or has begun: a reminder is never late."""
    with transaction.atomic():
        one = load(booking_id)
        if one is None or one.booking.status != "confirmed" or one.start_min != start_min:
            return
        if from_min(start_min) <= now or not one.calendar.reminder_hours:
            return
        key = f"reminder:{booking_id}:{start_min}"
        to_guest(one, booked.guest_reminder, kind="reminder", key=key, method=None, now=now)

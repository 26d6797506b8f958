"""The reminder: one job per booking and start, which looks again before it speaks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admitone.jobs import task
from admitone.logic.clock import from_min
from admitone.notifications import booked
from admitone.notifications.appointments import Appointment, load
from admitone.notifications.posting import reminder_at, to_guest


def plan_reminder(one: Appointment, now: datetime) -> bool:
    """Enqueue the reminder if its moment is yet to come, in the caller's transaction; a second one finds it sent."""
    due = reminder_at(one, now)
    if due is None:
        return False
    job = remind.using(run_after=due, key=f"remind:{one.booking.id}:{one.start_min}:{due:%Y%m%d%H%M}")
    job.using(account_id=one.booking.account_id).enqueue(booking_id=str(one.booking.id), start_min=one.start_min)
    return True


@task(queue="notifications")
def remind(*, booking_id: str, start_min: int, now: datetime) -> None:
    """Remind the guest unless the booking was moved, cancelled, or has begun: a reminder is never late."""
    with transaction.atomic():
        one = load(booking_id)
        if one is None or one.booking.status != "confirmed" or one.start_min != start_min:
            return
        if from_min(start_min) <= now or not one.calendar.reminder_hours:
            return
        if plan_reminder(one, now):  # the calendar reminds later than it did when this job was made
            return
        key = f"reminder:{booking_id}:{start_min}"
        to_guest(one, booked.guest_reminder, kind="reminder", key=key, method=None, now=now)

"""Reminders and follow-ups: one job per booking, start and notice, which looks again before it speaks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from admitone.jobs import task
from admitone.logic.clock import from_min
from admitone.logic.notices import STANDARD_REMINDER, Notice
from admitone.notifications import booked, queries
from admitone.notifications.appointments import Appointment, load
from admitone.notifications.telling import News, send, why_not

#: A follow-up that is due before its appointment counts as completed still goes; one of long ago does not.
LATE = timedelta(days=1)


def plan_reminders(one: Appointment, now: datetime) -> None:
    """Enqueue the reminders whose moment is yet to come, in the caller's transaction; a second job finds it sent."""
    for notice in queries.timed(one.calendar, "reminder"):
        due = due_of(one, notice)
        if due > now:
            plan(one, notice, due)


def plan_follow_ups(one: Appointment, now: datetime, *, late: bool = True) -> None:
    """The same for what is sent afterwards; `late`: what fell due just before is sent now."""
    for notice in queries.timed(one.calendar, "follow_up"):
        due = due_of(one, notice)
        if due > now or (late and due > now - LATE):
            plan(one, notice, max(due, now))


def due_of(one: Appointment, notice: Notice) -> datetime:
    """When a timed notice is due."""
    offset = notice.offset or 0
    return from_min(one.start_min - offset if notice.occasion == "reminder" else one.end_min + offset)


def plan(one: Appointment, notice: Notice, due: datetime) -> None:
    if why_not(one, notice) == "no email":
        return
    key = f"remind:{one.booking.id}:{one.start_min}:{due:%Y%m%d%H%M}"
    job = notify.using(run_after=due, key=key if notice.key == STANDARD_REMINDER else f"{key}:{notice.key}")
    about = {"booking_id": str(one.booking.id), "start_min": one.start_min, "notice": notice.key}
    job.using(account_id=one.booking.account_id).enqueue(**about)


@task(queue="notifications")
def remind(*, booking_id: str, start_min: int, now: datetime) -> None:
    """The standard reminder, of jobs that were made before there were others."""
    notify(booking_id=booking_id, start_min=start_min, notice=STANDARD_REMINDER, now=now)


@task(queue="notifications")
def notify(*, booking_id: str, start_min: int, notice: str, now: datetime) -> None:
    """Send it unless the appointment was moved or did not come about, or the notice is off; a reminder is never late."""
    with transaction.atomic():
        one = load(booking_id)
        found = wanted(one, notice) if one else None
        if one is None or found is None or one.start_min != start_min:
            return
        if found.occasion == "reminder" and from_min(start_min) <= now:
            return
        if (due := due_of(one, found)) > now:  # it is due later than it was when this job was made
            plan(one, found, due)
            return
        send(one, found, news_of(one, found), now)


def wanted(one: Appointment, key: str) -> Notice | None:
    """The notice, if it is sent about an appointment that stands (a reminder) or took place (a follow-up)."""
    found = next((notice for notice in queries.timed(one.calendar) if notice.key == key), None)
    if found is None:
        return None
    return found if one.booking.status == ("confirmed" if found.occasion == "reminder" else "completed") else None


def news_of(one: Appointment, notice: Notice) -> News:
    key = f"{notice.occasion}:{one.booking.id}:{one.start_min}"
    if notice.occasion == "reminder":
        return News("reminder", booked.guest_reminder, booked.host_reminder, "reminder", key)
    return News("follow_up", booked.guest_follow_up, booked.host_follow_up, "follow_up", key)

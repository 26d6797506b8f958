"""Background work of bookings."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from admitone.booking.models import Booking
from admitone.booking.services import complete, decline_unanswered
from admitone.booking.services.dating import date_anew
from admitone.forms.services.purging import purge_forms
from admitone.jobs import periodic, task

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


@task(retries=3)
def date_bookings(*, calendar_id: str) -> None:
    """Every appointment's local date by the zone that the calendar's schedule has now."""
    last = date_anew(calendar_id=UUID(calendar_id), after=None, limit=BATCH)
    while last is not None:
        last = date_anew(calendar_id=UUID(calendar_id), after=last, limit=BATCH)


@periodic(every=timedelta(days=1), name="booking.purge_forms")
def purge_old_forms(*, now: datetime) -> None:
    """Forms deleted more than 30 days ago; not those whose questions explain the answers of an appointment."""
    asked = Booking.objects.exclude(form_id=None).values("form_id")
    while purge_forms(now=now, kept=asked, limit=BATCH) == BATCH:
        pass

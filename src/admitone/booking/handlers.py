"""What appointments do when something below them changes."""

from __future__ import annotations

from datetime import datetime

from admitone.booking.tasks import date_bookings
from admitone.calendars.models import Calendar
from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.jobs import enqueue_many


@on("schedule.changed", consumer="booking.schedule_dates")
def zone_changed(event: Event, now: datetime) -> None:
    """Limits count appointments by the date on the schedule's clock."""
    if "timezone" in event.facts["fields"]:
        calendars = Calendar.objects.filter(account=event.account_id, schedule=event.facts["schedule"])
        enqueue_many((date_bookings, {"calendar_id": str(key)}) for key in calendars.values_list("id", flat=True))


@on("calendar.changed", consumer="booking.calendar_dates")
def schedule_chosen(event: Event, now: datetime) -> None:
    """Another schedule may have another zone."""
    if "schedule" in event.facts["fields"]:
        date_bookings.enqueue(calendar_id=event.facts["calendar"])

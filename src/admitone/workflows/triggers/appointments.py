"""What happens to bookings. The appointment's values are read when they are needed, so they are never stale."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.events.models import Event
from admitone.workflows.filters import CalendarTrigger
from admitone.workflows.registry import trigger


class AppointmentTrigger(CalendarTrigger):
    category = _("Appointments")
    provides = frozenset({"appointment", "calendar"})


@trigger("booking.created")
class Booked(AppointmentTrigger):
    """Somebody booked; where the calendar asks for an approval, once it is approved for the first time."""

    label = _("Appointment booked")
    events = ("booking.created", "booking.confirmed")

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        stands = event.facts.get("status") != "pending" and not event.facts.get("again")
        return stands and super().matches(params, event)


@trigger("booking.requested")
class Requested(AppointmentTrigger):
    """Somebody asked for an appointment in a calendar that asks for an approval."""

    label = _("Appointment requested")
    events = ("booking.created",)

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return event.facts.get("status") == "pending" and super().matches(params, event)


@trigger("booking.declined")
class Declined(AppointmentTrigger):
    """A request was declined, by the host or because nobody answered in time."""

    label = _("Appointment declined")
    events = ("booking.declined",)


@trigger("booking.confirmed")
class Confirmed(AppointmentTrigger):
    """An appointment stands: booked without a need for approval, or approved, also after its guest moved it."""

    label = _("Appointment confirmed")
    events = ("booking.created", "booking.confirmed")

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return event.facts.get("status") == "confirmed" and super().matches(params, event)


@trigger("booking.rescheduled")
class Rescheduled(AppointmentTrigger):
    """An appointment was moved."""

    label = _("Appointment rescheduled")
    events = ("booking.rescheduled",)


@trigger("booking.cancelled")
class Cancelled(AppointmentTrigger):
    """Guest or host cancelled."""

    label = _("Appointment cancelled")
    events = ("booking.cancelled",)


@trigger("booking.completed")
class Completed(AppointmentTrigger):
    """It is over and nobody said that it was a no-show, a quarter of an hour after its end."""

    label = _("Appointment completed")
    events = ("booking.completed",)


@trigger("booking.no_show")
class NoShow(AppointmentTrigger):
    """The host says that nobody came."""

    label = _("No-show")
    events = ("booking.no_show",)

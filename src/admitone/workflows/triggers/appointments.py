"""What happens to bookings. The appointment's values are read when they are needed, so they are never stale."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.events.models import Event
from admitone.workflows.registry import Trigger, params, trigger


class AppointmentTrigger(Trigger):
    category = _("Appointments")
    provides = frozenset({"appointment", "calendar"})

    @params
    class Params:
        calendars: tuple[UUID, ...] = ()

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return not params.calendars or event.facts.get("calendar") in map(str, params.calendars)


@trigger("booking.created")
class Booked(AppointmentTrigger):
    """Somebody booked."""

    label = _("Appointment booked")
    events = ("booking.created",)


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


@trigger("booking.no_show")
class NoShow(AppointmentTrigger):
    """The host says that nobody came."""

    label = _("No-show")
    events = ("booking.no_show",)

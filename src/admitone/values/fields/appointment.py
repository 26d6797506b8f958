from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.accounts.addresses import manage_url
from admitone.booking.places import plain_place
from admitone.booking.queries import hosts_of
from admitone.logic.clock import from_min
from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields
from admitone.values.times import clock, date_of, moment, span


@merge_fields("appointment")
class AppointmentValues(Namespace):
    """The booking as it is now, in the guest's language and zone."""

    label = _("Appointment")
    fields = {
        "when": Field(_("When"), "Fri, 6 Nov 2026, 14:00 – 14:30 (Berlin, GMT+1)", trusted=True),
        "start": Field(_("Start"), "Fri, 6 Nov 2026, 14:00", "date", trusted=True),
        "end": Field(_("End"), "Fri, 6 Nov 2026, 14:30", "date", trusted=True),
        "date": Field(_("Date"), "Fri, 6 Nov 2026", "date", trusted=True),
        "time": Field(_("Time"), "14:00", trusted=True),
        "host": Field(_("Host"), "Dr. Klein", trusted=True),
        "location": Field(_("Location"), "Hauptstraße 1, Köln", trusted=True),
        "status": Field(_("Status"), "confirmed", trusted=True),
        "note": Field(_("Guest's note"), "Second visit"),
        "manage_url": Field(_("Reschedule or cancel"), "https://book.example.com/b/1Ab2Cd3", "url", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        booking, reader = context.booking, context.reader
        if booking is None:
            return {}
        start = from_min(booking.start_min).astimezone(reader.tz)
        return {
            "when": span(booking.start_min, booking.end_min, reader),
            "start": moment(booking.start_min, reader),
            "end": moment(booking.end_min, reader),
            "date": date_of(start, reader),
            "time": clock(start, reader),
            "host": ", ".join(host.name for host in hosts_of(booking)),
            "location": plain_place(booking),
            "status": booking.status,
            "note": booking.note,
            "manage_url": manage_url(booking.id),
        }

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.addresses import manage_url
from admitone.accounts.models import Account
from admitone.booking.places import plain_place
from admitone.booking.queries import hosts_of
from admitone.forms.queries import asked_by_calendars
from admitone.logic.forms import Field as Question
from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields
from admitone.values.when import WHEN, when


@merge_fields("appointment")
class AppointmentValues(Namespace):
    """The booking as it is now, in the guest's language and zone."""

    label = _("Appointment")
    fields = {
        **WHEN,
        "host": Field(_("Host"), "Dr. Klein", trusted=True),
        "location": Field(_("Location"), "Hauptstraße 1, Köln", trusted=True),
        "status": Field(_("Status"), "confirmed", trusted=True),
        "note": Field(_("Guest's note"), "Second visit"),
        "manage_url": Field(_("Reschedule or cancel"), "https://book.example.com/b/1Ab2Cd3", "url", trusted=True),
    }

    open = "answers"

    def look_up(self, context: Context, names: set[str]) -> Mapping[str, Any]:
        """What the guest answered to the calendar's form, by the keys of its questions."""
        said = context.booking.answers if context.booking else {}
        return {f"answers.{key}": raw if isinstance(raw, bool) else str(raw) for key, raw in said.items()}

    def own_fields(self, account: Account) -> Mapping[str, Field]:
        """The questions of forms that calendars ask."""
        return {f"answers.{one.key}": Field(one.label, sample_of(one)) for one in asked_by_calendars(account)}

    def resolve(self, context: Context) -> Mapping[str, str]:
        booking = context.booking
        if booking is None:
            return {}
        return {
            **when(booking.start_min, booking.end_min, context.reader),
            "host": ", ".join(host.name for host in hosts_of(booking)),
            "location": plain_place(booking),
            "status": booking.status,
            "note": booking.note,
            "manage_url": manage_url(booking.id),
        }


def sample_of(one: Question) -> str:
    return one.options[0] if one.options else {"number": "42", "date": "2026-11-06"}.get(one.kind, one.label)

"""The kinds of events that leave the house."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: kind -> what it is called on the page
KINDS: dict[str, Promise | str] = {
    "one_time_link.created": _("One-time link made"),
    "one_time_link.opened": _("One-time link probably opened"),
    "one_time_link.used": _("One-time link used"),
    "one_time_link.deleted": _("One-time link deleted"),
    "one_time_link.expired": _("One-time link expired"),
    "one_time_link.attempted": _("Attempt to book with a dead link"),
    "booking.created": _("Appointment booked"),
    "booking.rescheduled": _("Appointment rescheduled"),
    "booking.cancelled": _("Appointment cancelled"),
    "booking.confirmed": _("Appointment approved"),
    "booking.declined": _("Appointment declined"),
    "booking.completed": _("Appointment completed"),
    "booking.no_show": _("Nobody came to an appointment"),
    "contact.created": _("Contact made"),
    "form.submitted": _("Form submitted"),
    "form.disqualified": _("Guest ruled out by a form"),
    "waitlist.joined": _("Waiting list joined"),
    "waitlist.offered": _("Place of a waiting list offered"),
    "waitlist.booked": _("Offered place booked"),
    "waitlist.expired": _("Offered place not taken"),
    "waitlist.left": _("Waiting list left"),
}
TEST = "webhook.test"

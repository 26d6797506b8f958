"""The standard words of an SMS about an appointment, in the active language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from admitone.logic.notices import Notice, Occasion
from admitone.notifications.appointments import Appointment
from admitone.values.times import Reader, moment

Facts = dict[str, str]


def short(one: Appointment, notice: Notice) -> str:
    """For the guest with the way to their appointment, for everybody else with the guest's name."""
    if notice.audience == "guest":
        facts = {"host": one.met, "when": moment(one.start_min, one.guest), "url": one.manage_url}
        return GUEST[notice.occasion](facts)
    reader = Reader(one.booking.account.locale, one.host_zone)
    facts = {"guest": one.booking.name, "when": moment(one.start_min, reader), "what": one.calendar.name}
    return f"{OTHERS[notice.occasion]()}: {facts['guest']}, {facts['what']}, {facts['when']}"


GUEST: dict[Occasion, Callable[[Facts], str]] = {
    "booked": lambda facts: _("Booked: %(host)s, %(when)s. View or change: %(url)s") % facts,
    "pending": lambda facts: _("We have your request: %(host)s, %(when)s. View: %(url)s") % facts,
    "confirmed": lambda facts: _("Confirmed: %(host)s, %(when)s. View or change: %(url)s") % facts,
    "declined": lambda facts: _("Not confirmed: %(host)s, %(when)s. More: %(url)s") % facts,
    "rescheduled": lambda facts: _("New time: %(host)s, %(when)s. View or change: %(url)s") % facts,
    "cancelled": lambda facts: _("Cancelled: %(host)s, %(when)s. More: %(url)s") % facts,
    "reminder": lambda facts: _("Reminder: %(host)s, %(when)s. View or change: %(url)s") % facts,
    "follow_up": lambda facts: _("Thank you for your appointment with %(host)s.") % facts,
}
OTHERS: dict[Occasion, Callable[[], str]] = {
    "booked": lambda: _("New appointment"),
    "pending": lambda: _("Request to answer"),
    "confirmed": lambda: _("Approved"),
    "declined": lambda: _("Declined"),
    "rescheduled": lambda: _("New time"),
    "cancelled": lambda: _("Cancelled"),
    "reminder": lambda: _("Reminder"),
    "follow_up": lambda: _("Appointment over"),
}

"""The letters to those who come along with a guest: the same news without a way to change it, which is the guest's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from admitone.booking.models import Booking
from admitone.logic import ics
from admitone.logic.identity import email_key
from admitone.logic.notices import Occasion
from admitone.messaging.letters import Action, Letter
from admitone.messaging.models import Message
from admitone.messaging.queries import opted_out
from admitone.notifications import booked
from admitone.notifications.appointments import Appointment, guest_invite
from admitone.values.times import moment

#: Occasions of which only those hear who were told of the appointment before.
OVER = ("cancelled", "declined")


def companions_of(one: Appointment, occasion: Occasion) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Their place in the party, and who they are: those with an address of their own who did not ask to be left alone."""
    seen = {email_key(one.booking.email)}
    for place, person in enumerate(one.booking.guests):
        key = email_key(person["email"])
        if not key or key in seen or opted_out(one.booking.account, "email", person["email"]):
            continue
        seen.add(key)
        if occasion not in OVER or was_told(one, person["email"]):
            yield place, person


def was_told(one: Appointment, email: str) -> bool:
    """Of this appointment, or of its series in one letter."""
    booking = one.booking
    told = Message.objects.filter(account=booking.account_id, to=email, kind__endswith=".party")
    if booking.series_id:
        series = Booking.objects.filter(series_id=booking.series_id)
        return told.filter(booking_id__in=series.values("id")).exists()
    return told.filter(booking_id=booking.id).exists()


def letter_to(one: Appointment, person: Mapping[str, str], occasion: Occasion, leave: str) -> Letter:
    """In the active language; `leave` is the address that unsubscribes them."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    subject, heading, small = WORDS[occasion]
    return Letter(
        subject=_(subject) % facts,
        heading=_(heading),
        paragraphs=(*booked.hello(person["name"]), *why(one, occasion)),
        rows=booked.guest_rows(one),
        actions=(Action(_("Unsubscribe"), leave),) if leave else (),
        small=(_(small),),
    )


def why(one: Appointment, occasion: Occasion) -> tuple[str, ...]:
    """Whom to thank; not if the "name" would make the mail an advertisement."""
    name = one.booking.name
    if occasion in OVER or not booked.is_plain(name):
        return ()
    return (_("%(guest)s has booked for you, too. Please ask them if something has to change.") % {"guest": name},)


def invite_to(one: Appointment, sender: tuple[str, str], person: Mapping[str, str]) -> ics.Invite:
    """The guest's entry without the guest's link."""
    attendee = ics.Person(person["name"] or person["email"], person["email"])
    return replace(guest_invite(one, sender), attendees=[attendee], description="", url="")


NEW = (
    gettext_noop("Appointment with %(host)s: %(when)s"),
    gettext_noop("Your appointment is booked"),
    gettext_noop("The attached invitation puts it into your calendar."),
)
CANCELLED = (
    gettext_noop("Cancelled: appointment with %(host)s, %(when)s"),
    gettext_noop("Your appointment is cancelled"),
    gettext_noop("The attached file removes it from your calendar."),
)
#: occasion -> subject, heading and what the attached file does.
WORDS: dict[Occasion, tuple[str, str, str]] = {
    "booked": NEW,
    "confirmed": NEW,
    "rescheduled": (
        gettext_noop("New time for your appointment with %(host)s: %(when)s"),
        gettext_noop("Your appointment has a new time"),
        gettext_noop("The attached invitation moves it in your calendar."),
    ),
    "cancelled": CANCELLED,
    "declined": CANCELLED,
}

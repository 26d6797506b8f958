"""The letters about an appointment. Each is written in the active language, for the reader who is handed in."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admitone.accounts.addresses import scheduling_url
from admitone.booking.answers import answers_of
from admitone.booking.models import Booking
from admitone.booking.places import web_address
from admitone.logic.party import written
from admitone.messaging.letters import Action, Letter, Row
from admitone.notifications.appointments import Appointment, place_of_guest, where
from admitone.values.times import Reader, both, moment, span

_TALKATIVE = re.compile(r"://|www\.|@|\.\w{2,}/", re.IGNORECASE)


def guest_booked(one: Appointment) -> Letter:
    """To the guest: it is booked."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    return Letter(
        subject=_("Appointment with %(host)s: %(when)s") % facts,
        heading=_("Your appointment is booked"),
        paragraphs=(*greeting(one.booking), *message_of(one)),
        rows=guest_rows(one),
        actions=(Action(change_label(one), one.manage_url),),
        small=(_("The attached invitation puts it into your calendar."),),
    )


def guest_rescheduled(one: Appointment) -> Letter:
    """To the guest: another time."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    return Letter(
        subject=_("New time for your appointment with %(host)s: %(when)s") % facts,
        heading=_("Your appointment has a new time"),
        paragraphs=greeting(one.booking),
        rows=guest_rows(one),
        actions=(Action(change_label(one), one.manage_url),),
        small=(_("The attached invitation moves it in your calendar."),),
    )


def guest_cancelled(one: Appointment) -> Letter:
    """To the guest: it will not take place."""
    booking = one.booking
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    by_host = booking.cancelled_by == "host"
    told = _("%(host)s has cancelled this appointment.") if by_host else _("You have cancelled this appointment.")
    return Letter(
        subject=_("Cancelled: appointment with %(host)s, %(when)s") % facts,
        heading=_("Your appointment is cancelled"),
        paragraphs=(*greeting(booking), told % facts),
        rows=guest_rows(one),
        quote=booking.cancel_reason if by_host else "",
        actions=(*again(one), Action(_("View this appointment"), one.manage_url)),
        small=(_("The attached file removes it from your calendar."),),
    )


def guest_reminder(one: Appointment) -> Letter:
    """To the guest, some hours before."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    return Letter(
        subject=_("Reminder: appointment with %(host)s, %(when)s") % facts,
        heading=_("Your appointment is coming up"),
        paragraphs=greeting(one.booking),
        rows=guest_rows(one),
        actions=(Action(change_label(one), one.manage_url),),
    )


def guest_follow_up(one: Appointment) -> Letter:
    """To the guest, some time after."""
    facts = {"host": one.met}
    return Letter(
        subject=_("Thank you for your appointment with %(host)s") % facts,
        heading=_("Thank you for your appointment"),
        paragraphs=greeting(one.booking),
        rows=guest_rows(one),
        actions=again(one),
    )


def host_booked(one: Appointment) -> Letter:
    """To the host: a new appointment."""
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    return host_letter(one, _("New appointment: %(guest)s, %(when)s") % facts, _("New appointment"))


def host_rescheduled(one: Appointment) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    return host_letter(one, _("New time: %(guest)s, %(when)s") % facts, _("An appointment has a new time"))


def host_cancelled(one: Appointment) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    by_guest = one.booking.cancelled_by == "guest"
    told = (_("%(guest)s has cancelled.") if by_guest else _("It was cancelled on your side.")) % facts
    subject = _("Cancelled: %(guest)s, %(when)s") % facts
    return host_letter(one, subject, _("An appointment is cancelled"), told, one.booking.cancel_reason)


def host_reminder(one: Appointment) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    return host_letter(one, _("Reminder: %(guest)s, %(when)s") % facts, _("An appointment is coming up"))


def host_follow_up(one: Appointment) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    return host_letter(one, _("Over: %(guest)s, %(when)s") % facts, _("An appointment is over"))


def host_letter(one: Appointment, subject: str, heading: str, told: str = "", quote: str = "") -> Letter:
    return Letter(
        subject=subject,
        heading=heading,
        paragraphs=(told,) if told else (),
        rows=host_rows(one),
        quote=quote or one.booking.note,
        actions=(Action(_("Open the appointment"), one.app_url),),
    )


def guest_rows(one: Appointment) -> tuple[Row, ...]:
    """What, when, where, who, as the guest sees it."""
    host, account = one.met, one.booking.account.name
    who = host if host == account else f"{host}, {account}"
    return (
        Row(_("What"), f"{one.calendar.name} ({length(one.minutes)})"),
        when_row(one, one.guest, one.host_zone),
        *where_rows(one.booking, place_of_guest(one)),
        *party_rows(one.booking),
        Row(_("With"), who),
    )


def host_rows(one: Appointment) -> tuple[Row, ...]:
    """What, when, where, and what the guest said about themselves."""
    booking = one.booking
    about = ((_("Guest"), booking.name), (_("Email"), booking.email), (_("Phone"), booking.phone))
    return (
        Row(_("What"), f"{one.calendar.name} ({length(one.minutes)})"),
        when_row(one, one.host, booking.guest_timezone),
        *where_rows(booking, where(booking)),
        *(Row(label, value) for label, value in about if value),
        *party_rows(booking),
        *([Row(_("Also coming"), written(booking.guests))] if booking.guests else []),
        *(Row(label, text) for label, text in answers_of(booking)),
    )


def when_row(one: Appointment, reader: Reader, other_zone: str) -> Row:
    before = moment(one.before_min, reader) if one.before_min is not None else ""
    if one.others:
        return Row(_("When"), "\n".join(span(each.start_min, each.end_min, reader) for each in (one, *one.others)))
    return Row(_("When"), both(one.start_min, one.end_min, reader, other_zone), before)


def where_rows(booking: Booking, place: str) -> tuple[Row, ...]:
    return (Row(_("Where"), place, url=web_address(booking) if place == booking.location else ""),) if place else ()


def party_rows(booking: Booking) -> tuple[Row, ...]:
    """How many places, where a guest took more than one."""
    return (Row(_("Places"), str(booking.seats)),) if booking.seats > 1 else ()


def length(minutes: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def greeting(booking: Booking) -> tuple[str, ...]:
    return hello(booking.name)


def hello(name: str) -> tuple[str, ...]:
    """Hello by name; not if the "name" would make the mail an advertisement sent to somebody else."""
    return (_("Hello %(name)s,") % {"name": name},) if is_plain(name) else (_("Hello,"),)


def is_plain(name: str) -> bool:
    """Whether it is a name that may stand in a mail to somebody."""
    return 0 < len(name) <= 60 and not is_talkative(name)


def is_talkative(text: str) -> bool:
    """Whether words that a stranger typed lead somewhere."""
    return bool(_TALKATIVE.search(text))


def message_of(one: Appointment) -> tuple[str, ...]:
    return (one.calendar.confirmation_message,) if one.calendar.confirmation_message else ()


def change_label(one: Appointment) -> str:
    """What the manage page lets the guest do."""
    calendar = one.calendar
    if calendar.guest_can_reschedule and calendar.guest_can_cancel:
        return _("Reschedule or cancel")
    if calendar.guest_can_reschedule:
        return _("Reschedule")
    return _("Cancel the appointment") if calendar.guest_can_cancel else _("View this appointment")


def again(one: Appointment) -> tuple[Action, ...]:
    """A way to another time, where anybody may book; a one-time calendar has none."""
    calendar = one.calendar
    if calendar.access != "public" or not calendar.active or calendar.deleted_at:
        return ()
    return (Action(_("Choose another time"), scheduling_url(one.booking.account.slug, calendar.slug)),)

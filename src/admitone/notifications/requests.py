"""The letters about a request: asked, approved, declined, withdrawn. Each in the active language, for its reader."""

from __future__ import annotations

from django.utils.translation import gettext as _

from admitone.accounts.addresses import answer_url, one_time_url
from admitone.booking.requests import link_of
from admitone.links.models import OneTimeLink
from admitone.logic.clock import to_min_floor
from admitone.messaging.letters import Action, Letter, Row
from admitone.notifications import booked
from admitone.notifications.appointments import Appointment
from admitone.notifications.asked import expiry_rows
from admitone.values.times import Reader, moment


def guest_asked(one: Appointment) -> Letter:
    """To the guest: it is not booked yet."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    return Letter(
        subject=_("Your request: appointment with %(host)s, %(when)s") % facts,
        heading=_("We have your request"),
        paragraphs=(
            *booked.greeting(one.booking),
            _("The time is kept for you until %(host)s confirms it. You get an email either way.") % facts,
        ),
        rows=(*booked.guest_rows(one), *answer_rows(one, one.guest)),
        actions=(Action(_("View or change your request"), one.manage_url),),
        small=(_("The attached file shows it in your calendar as not confirmed yet."),),
    )


def guest_asked_anew(one: Appointment) -> Letter:
    """To the guest: the new time has to be confirmed too."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    return Letter(
        subject=_("Your request for a new time: appointment with %(host)s, %(when)s") % facts,
        heading=_("We have your request for a new time"),
        paragraphs=(
            *booked.greeting(one.booking),
            _("The old time is free again. The new one is kept for you until %(host)s confirms it.") % facts,
        ),
        rows=(*booked.guest_rows(one), *answer_rows(one, one.guest)),
        actions=(Action(_("View or change your request"), one.manage_url),),
        small=(_("The attached file shows it in your calendar as not confirmed yet."),),
    )


def guest_approved(one: Appointment) -> Letter:
    """To the guest: it stands; perhaps at another time than asked for."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    moved = one.before_min is not None
    other = (_("%(host)s has confirmed your appointment for another time than you asked for.") % facts,)
    return Letter(
        subject=_("Confirmed: appointment with %(host)s, %(when)s") % facts,
        heading=_("Your appointment is confirmed"),
        paragraphs=(*booked.greeting(one.booking), *(other if moved else ()), *booked.message_of(one)),
        rows=booked.guest_rows(one),
        actions=(Action(booked.change_label(one), one.manage_url),),
        small=(_("The attached invitation puts it into your calendar."),),
    )


def guest_declined(one: Appointment, link: OneTimeLink | None = None) -> Letter:
    """To the guest: it does not take place, and the way to another time: a new link, the calendar, or a person."""
    facts = {"host": one.met, "when": moment(one.start_min, one.guest), "owner": one.booking.account.name}
    unanswered = one.booking.cancelled_by == "system"
    told = _("Nobody confirmed your request in time.") if unanswered else _("%(host)s cannot confirm your request.")
    # Whoever came by a link was never shown the way to the whole calendar.
    ways = () if link_of(one.booking) else booked.again(one)
    ways = (Action(_("Choose another time"), one_time_url(link.id)),) if link else ways
    other = _("Choose another time with your new link. It works for one booking.") if link else ""
    other = other or ("" if ways else _("Please contact %(owner)s to find another time.") % facts)
    return Letter(
        subject=_("Not confirmed: appointment with %(host)s, %(when)s") % facts,
        heading=_("Your request was not confirmed"),
        paragraphs=(*booked.greeting(one.booking), told % facts, *((other,) if other else ())),
        rows=(*booked.guest_rows(one), *(expiry_rows(link.expires_at, one.guest) if link else ())),
        quote="" if unanswered else one.booking.cancel_reason,
        actions=(*ways, Action(_("View your request"), one.manage_url)),
        small=(_("The attached file removes it from your calendar."),),
    )


def guest_withdrawn(one: Appointment) -> Letter:
    facts = {"host": one.met, "when": moment(one.start_min, one.guest)}
    return Letter(
        subject=_("Withdrawn: request for an appointment with %(host)s, %(when)s") % facts,
        heading=_("Your request is withdrawn"),
        paragraphs=(*booked.greeting(one.booking), _("You have withdrawn your request. The time is free again.")),
        rows=booked.guest_rows(one),
        actions=(*booked.again(one), Action(_("View your request"), one.manage_url)),
        small=(_("The attached file removes it from your calendar."),),
    )


def host_asked(one: Appointment) -> Letter:
    """To the host: somebody waits for an answer."""
    return host_question(one, _("Approve or decline: %(guest)s, %(when)s"), _("%(guest)s asks for an appointment"))


def host_asked_anew(one: Appointment) -> Letter:
    return host_question(
        one, _("Approve or decline a new time: %(guest)s, %(when)s"), _("%(guest)s asks for a new time")
    )


def host_question(one: Appointment, subject: str, heading: str) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    return Letter(
        subject=subject % facts,
        heading=heading % facts,
        paragraphs=(_("The time is kept until you answer."),),
        rows=(*booked.host_rows(one), *answer_rows(one, one.host)),
        quote=one.booking.note,
        actions=(
            Action(_("Approve or decline"), answer_url(one.booking.id)),
            Action(_("Open the appointment"), one.app_url),
        ),
        small=(_("Without an answer the request is declined by itself. Do not pass this mail on: its link answers."),),
    )


def host_approved(one: Appointment) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    return booked.host_letter(one, _("Approved: %(guest)s, %(when)s") % facts, _("The appointment is confirmed"))


def host_declined(one: Appointment) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    unanswered = one.booking.cancelled_by == "system"
    told = _("Nobody answered in time, so it was declined by itself.") if unanswered else _("The time is free again.")
    subject = _("Declined: %(guest)s, %(when)s") % facts
    return booked.host_letter(one, subject, _("A request is declined"), told, one.booking.cancel_reason)


def host_withdrawn(one: Appointment) -> Letter:
    facts = {"guest": one.booking.name, "when": moment(one.start_min, one.host)}
    subject, told = _("Withdrawn: %(guest)s, %(when)s") % facts, _("%(guest)s has withdrawn the request.") % facts
    return booked.host_letter(one, subject, _("A request is withdrawn"), told, one.booking.cancel_reason)


def answer_rows(one: Appointment, reader: Reader) -> tuple[Row, ...]:
    """Until when it is answered; nothing once it has been."""
    due = one.booking.answer_by
    return (Row(_("Answer by"), moment(to_min_floor(due), reader)),) if due else ()

"""The letters about links and busy times, each in the active language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from admitone.accounts.addresses import absolute, manage_url, one_time_url
from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import BusySource
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.links.queries import name_of
from admitone.logic.clock import to_min_floor
from admitone.messaging.letters import Action, Letter, Row
from admitone.values.times import Reader, moment


def link_requested(asked: LinkRequest) -> Letter:
    """To the owner: somebody wants a new link, or a time."""
    facts = {"name": asked.name}
    wants_time = asked.kind == "ask_time"
    subject = _("%(name)s asks for a time") if wants_time else _("%(name)s asks for a new link")
    heading = _("None of the times suited") if wants_time else _("A link no longer works for somebody")
    requests = absolute(f"/app/{asked.account.slug}/requests/")
    return Letter(
        subject=subject % facts,
        heading=heading,
        paragraphs=((subject % facts) + ".",),
        rows=(Row(_("Email"), asked.email), *calendar_rows(asked.link), *label_rows(asked.link)),
        quote=asked.note,
        actions=(Action(_("Send a new link"), requests),),
        small=(_("One click sends a new link. You can also just reply to this email."),),
    )


def offered_gone(link: OneTimeLink, account: Account) -> Letter:
    """To the owner: the page of a link has nothing left to offer."""
    person = link.contact.name if link.contact else ""
    return Letter(
        subject=_("A one-time link has no times left"),
        heading=_("All the times you offered are gone"),
        paragraphs=(_("Somebody opened the link and could not choose a time. Offer other times or send a new link."),),
        rows=(*calendar_rows(link), *label_rows(link), *((Row(_("For"), person),) if person else ())),
        actions=(Action(_("Open the link"), absolute(f"/app/{account.slug}/links/{link.id}/")),),
    )


def new_link(link: OneTimeLink, reader: Reader) -> Letter:
    """To the person who asked: here it is."""
    facts = {"name": name_of(link)}
    rows = (Row(_("What"), name_of(link)), *expiry_rows(link.expires_at, reader))
    return Letter(
        subject=_("Your new link for %(name)s") % facts,
        heading=_("Here is your new link"),
        paragraphs=(
            _("Choose a time that suits you. The link works for one booking."),
            *((link.note,) if link.note else ()),
        ),
        rows=rows,
        actions=(Action(_("Choose a time"), one_time_url(link.id)),),
    )


def code(link: OneTimeLink, digits: str) -> Letter:
    """To the bound address of a `verify` link."""
    return Letter(
        subject=_("%(code)s is your code for %(name)s") % {"code": digits, "name": name_of(link)},
        heading=_("Your code"),
        paragraphs=(_("Enter this code on the booking page. It is valid for 15 minutes."),),
        code=digits,
        small=(_("If you did not ask for it, you can ignore this email."),),
    )


def my_bookings(bookings: Sequence[Booking], reader: Reader) -> Letter:
    """To the guest who asked "is this your booking?": the way back to it."""
    actions = tuple(
        Action(f"{booking.calendar.name}: {moment(booking.start_min, reader)}", manage_url(booking.id))
        for booking in bookings
    )
    return Letter(
        subject=_("Your appointment: the link to view or change it"),
        heading=_("Here is your appointment"),
        paragraphs=(_("You asked for the link to your appointment. With it you can view, reschedule or cancel it."),),
        actions=actions,
        small=(_("If you did not ask for it, you can ignore this email."),),
    )


def busy_failed(source: BusySource, account: Account, reader: Reader) -> Letter:
    """To the host and the admins: no bookings until it can be read again (P8)."""
    rows = [Row(_("Calendar feed"), str(source)), Row(_("Host"), source.host.name)]
    if source.error:
        rows.append(Row(_("What went wrong"), source.error[:300]))
    if source.fetched_at:
        rows.append(Row(_("Last read"), moment(to_min_floor(source.fetched_at), reader)))
    return Letter(
        subject=_("Busy times of %(host)s cannot be read") % {"host": source.host.name},
        heading=_("A calendar feed cannot be read"),
        paragraphs=(
            _(
                "To prevent double bookings no times are offered until it can be read again, unless a calendar says otherwise."
            ),
        ),
        rows=tuple(rows),
        actions=(Action(_("Check the feed"), absolute(f"/app/{account.slug}/settings/busy/")),),
    )


def channel_failing(account: Account, channel: str, words: str) -> Letter:
    """To the admins: since the last success nothing has got out."""
    sms = channel == "sms"
    place = "settings/sms/" if sms else "settings/email/"
    return Letter(
        subject=_("SMS cannot be sent: %(name)s") % {"name": account.name}
        if sms
        else _("Email cannot be sent: %(name)s") % {"name": account.name},
        heading=_("Messages do not get out"),
        paragraphs=(
            _("The provider refuses them or cannot be reached. What can be tried again is tried again by itself."),
        ),
        rows=(Row(_("The provider's own words"), words[:300]),) if words else (),
        actions=(
            Action(_("Check the settings"), absolute(f"/app/{account.slug}/{place}")),
            Action(_("See what failed"), absolute(f"/app/{account.slug}/messages/?status=failed")),
        ),
        small=(_("Further failures are shown in Messages and not mailed, until something gets out again."),),
    )


def busy_recovered(source: BusySource, account: Account) -> Letter:
    return Letter(
        subject=_("Busy times of %(host)s can be read again") % {"host": source.host.name},
        heading=_("The calendar feed can be read again"),
        paragraphs=(_("Times are offered as before. There is nothing for you to do."),),
        rows=(Row(_("Calendar feed"), str(source)), Row(_("Host"), source.host.name)),
    )


def calendar_rows(link: OneTimeLink) -> tuple[Row, ...]:
    return (Row(_("Calendar") if link.calendar else _("Group"), name_of(link)),)


def label_rows(link: OneTimeLink) -> tuple[Row, ...]:
    return (Row(_("Link"), link.label),) if link.label else ()


def expiry_rows(expires_at: datetime | None, reader: Reader) -> tuple[Row, ...]:
    return (Row(_("Valid until"), moment(to_min_floor(expires_at), reader)),) if expires_at else ()

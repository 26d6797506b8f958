"""The mails of a waiting list: you are in line, a place is free for you."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admitone.accounts.addresses import waiting_url
from admitone.booking.models import WaitlistEntry
from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.links.models import OneTimeLink
from admitone.links.queries import offer_url
from admitone.logic.clock import to_min_floor
from admitone.messaging.letters import Action, Brand, Letter, Row
from admitone.notifications.posting import to_people
from admitone.notifications.recipients import Recipient, contact_of
from admitone.values.times import Reader, moment, span


@on("waitlist.joined", consumer="notifications.waitlist_joined")
def tell_of_place(event: Event, now: datetime) -> None:
    entry = entry_of(event)
    if entry is not None:
        post(entry, in_line(entry, reader_of(entry)), "waitlist.joined", event, now)


@on("waitlist.offered", consumer="notifications.waitlist_offered")
def tell_of_offer(event: Event, now: datetime) -> None:
    entry = entry_of(event)
    link = OneTimeLink.objects.filter(id=event.facts["link"]).first()
    if entry is None or link is None or entry.link_id != link.id:
        return
    with reader_of(entry).speaking():
        letter = place_free(entry, link, reader_of(entry))
    post(entry, letter, "waitlist.offered", event, now, link)


def entry_of(event: Event) -> WaitlistEntry | None:
    """The entry, if its person still waits and can be written to."""
    related = ("account", "calendar__schedule", "contact")
    rows = WaitlistEntry.objects.select_related(*related).filter(id=event.facts["entry"])
    entry = rows.filter(status__in=("waiting", "offered")).first()
    return entry if entry is not None and entry.contact.email else None


def reader_of(entry: WaitlistEntry) -> Reader:
    return Reader(entry.guest_locale, entry.guest_timezone)


def post(
    entry: WaitlistEntry, letter: Letter, kind: str, event: Event, now: datetime, link: OneTimeLink | None = None
) -> None:
    owners = contact_of(entry.calendar, link, entry.account)
    to_people(
        [Recipient(entry.contact.email, reader_of(entry))],
        lambda _person: letter,
        account_id=entry.account_id,
        brand=Brand(entry.account.name, entry.calendar.brand_color),
        kind=kind,
        key=str(event.id),
        reply_to=owners[0].email if owners else "",
        link_id=link.id if link else None,
        contact_id=entry.contact_id,
        now=now,
    )


def in_line(entry: WaitlistEntry, reader: Reader) -> Letter:
    """No place in line is promised: parties of another size may come first."""
    with reader.speaking():
        return Letter(
            subject=_("You are on the waiting list for %(name)s") % {"name": entry.calendar.name},
            heading=_("You are on the waiting list"),
            paragraphs=(_("If a place becomes free, we send you a link for it. It is kept for you for some time."),),
            rows=rows(entry, reader),
            actions=(Action(_("See or leave the waiting list"), waiting_url(entry.id)),),
        )


def place_free(entry: WaitlistEntry, link: OneTimeLink, reader: Reader) -> Letter:
    """The link books this time alone, for this person, until it passes on."""
    facts = {"name": entry.calendar.name, "when": moment(entry.start_min, reader)}
    until = moment(to_min_floor(link.expires_at), reader) if link.expires_at else ""
    return Letter(
        subject=_("A place is free: %(name)s, %(when)s") % facts,
        heading=_("A place is free for you"),
        paragraphs=(
            _("It is kept for you until %(until)s. After that it goes to the next person.") % {"until": until},
        ),
        rows=rows(entry, reader),
        actions=(
            Action(_("Book this place"), offer_url(link)),
            Action(_("I no longer want it"), waiting_url(entry.id)),
        ),
    )


def rows(entry: WaitlistEntry, reader: Reader) -> tuple[Row, ...]:
    places = ngettext("%(n)d place", "%(n)d places", entry.seats) % {"n": entry.seats}
    return (
        Row(_("What"), entry.calendar.name),
        Row(_("When"), span(entry.start_min, entry.end_min, reader)),
        *((Row(_("For"), places),) if entry.seats > 1 else ()),
    )

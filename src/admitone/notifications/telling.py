"""Who is told of an occasion, by the calendar's table of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from admitone.accounts.addresses import unsubscribe_url
from admitone.logic import ics
from admitone.logic.ids import uuid7
from admitone.logic.notices import PARTY, Notice, Occasion
from admitone.messaging import queries as messaging
from admitone.messaging.services import queue
from admitone.notifications import queries
from admitone.notifications.appointments import Appointment
from admitone.notifications.posting import Write, to_addresses, to_guest, to_host, to_party
from admitone.notifications.words import letter, reader_of, text_message


@dataclass(frozen=True, slots=True)
class News:
    """What happened: the standard letters (None: that side is not told), and how its messages are named.

    `kind` is the beginning of the messages' kind; `key` names the cause, so that a message is sent once. `link_id` is
    the link inside the guest's letter.
    """

    occasion: Occasion
    guest: Write | None
    host: Write | None
    kind: str
    key: str
    method: ics.Method | None = None
    link_id: UUID | None = None


def tell(one: Appointment, news: News, now: datetime) -> None:
    """Queue what the calendar's notices of this occasion send."""
    for notice in queries.of_occasion(one.calendar, news.occasion):
        send(one, notice, news, now)


def mails_guest(one: Appointment, occasion: Occasion) -> bool:
    """Whether the guest gets a mail on this occasion, which may have to hold something for them."""
    found = queries.of_occasion(one.calendar, occasion)
    return bool(one.booking.email) and any(notice.audience == "guest" and notice.channel == "email" for notice in found)


def send(one: Appointment, notice: Notice, news: News, now: datetime) -> None:
    """One notice's messages; nothing for a side that is not told, or a guest who cannot be."""
    standard = news.guest if notice.audience in ("guest", PARTY) else news.host
    if standard is None or why_not(one, notice):
        return
    if notice.audience == PARTY:
        key = f"{news.key}:{PARTY}"
        to_party(one, notice.occasion, kind=f"{news.kind}.{PARTY}", key=key, method=news.method, now=now)
    elif notice.channel == "sms":
        send_texts(one, notice, news, now)
    else:
        send_mails(one, notice, news, standard, now)


def send_mails(one: Appointment, notice: Notice, news: News, standard: Write, now: datetime) -> None:
    """A follow-up to the guest says how to be left alone, and so does every mail to somebody else."""
    kind, key = f"{news.kind}.{notice.audience}", key_of(notice, news)
    leaving = uuid7() if notice.audience == "guest" and notice.occasion == "follow_up" else None

    def with_way(leave: str) -> Write:
        return partial(letter, notice=notice, standard=standard, now=now, leave=leave)

    write = with_way(unsubscribe_url(leaving) if leaving else "")
    if notice.audience == "guest":
        kind = kind if news.method else news.kind
        to_guest(one, write, kind=kind, key=key, method=news.method, link_id=news.link_id, leaving=leaving, now=now)
    elif notice.audience == "host":
        to_host(one, write, kind=kind, key=key, method=news.method, now=now)
    else:
        to_addresses(one, with_way, notice.addresses, reader_of(one, notice), kind=kind, key=key, now=now)


def send_texts(one: Appointment, notice: Notice, news: News, now: datetime) -> None:
    """An SMS to the guest, or to each extra number that did not ask to be left alone."""
    booking, is_guest = one.booking, notice.audience == "guest"
    numbers = [number_of(one)] if is_guest else list(notice.addresses)
    with reader_of(one, notice).speaking():
        text = text_message(one, notice, now)
    for place, number in enumerate(numbers):
        if messaging.opted_out(booking.account, "sms", number):
            continue
        queue(
            account_id=booking.account_id,
            contact_id=booking.contact_id if is_guest else None,
            booking_id=booking.id,
            channel="sms",
            kind=f"{news.kind}.{notice.audience}",
            key=f"{key_of(notice, news)}:{place}",
            to=number,
            text=text,
            now=now,
        )


def key_of(notice: Notice, news: News) -> str:
    """The standard mails keep the short keys that they had before there were others."""
    if not notice.standard:
        return f"{news.key}:{notice.key}"
    return f"{news.key}:{notice.audience}" if news.method else news.key


def number_of(one: Appointment) -> str:
    """The number given for this appointment, else the contact's."""
    return one.booking.phone or one.booking.contact.phone


def why_not(one: Appointment, notice: Notice) -> str:
    """The reason why this guest does not get it: no email, no phone, no provider, landline, opted out; "" if they do."""
    booking = one.booking
    if notice.channel == "sms" and not messaging.delivering(booking.account, "sms"):
        return "no provider"
    if notice.audience != "guest":
        return ""
    if notice.channel == "email":
        if not booking.email:
            return "no email"
        unwanted = notice.occasion == "follow_up" and messaging.opted_out(booking.account, "email", booking.email)
        return "opted out" if unwanted else ""
    number = number_of(one)
    if not number:
        return "no phone"
    if messaging.opted_out(booking.account, "sms", number):
        return "opted out"
    return "landline" if messaging.is_landline(booking.account, booking.contact_id, number) else ""

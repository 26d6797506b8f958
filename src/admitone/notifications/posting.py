"""From a letter to a queued message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from admitone.accounts.addresses import unsubscribe_url
from admitone.booking.queries import hosts_of
from admitone.logic import ics
from admitone.logic.ids import uuid7
from admitone.logic.notices import Occasion
from admitone.messaging import queries as messaging
from admitone.messaging.letters import Brand, Letter, Rendered, render
from admitone.messaging.models import Message
from admitone.messaging.services import queue
from admitone.notifications.appointments import Appointment, guest_invite, host_invite
from admitone.notifications.companions import companions_of, invite_to, letter_to
from admitone.notifications.recipients import Recipient, contact_of, of_host
from admitone.notifications.together import calendar_file, method_of
from admitone.values.times import Reader

#: A letter, or one that somebody has written word by word.
Write = Callable[[Appointment], Letter | Rendered]


def to_guest(
    one: Appointment,
    write: Write,
    *,
    kind: str,
    key: str,
    method: ics.Method | None,
    now: datetime,
    link_id: UUID | None = None,
    leaving: UUID | None = None,
) -> None:
    """Mail the guest in their language; nothing for a guest who left only a phone number.

    `leaving`: the message's id, where its text holds `unsubscribe_url(leaving)`.
    """
    booking, method = one.booking, method_of(one, method)
    if not booking.email:
        return
    with one.guest.speaking():
        rendered = finished(one, write)
        file = calendar_file(one, guest_invite, method, now)
    queue(
        account_id=booking.account_id,
        contact_id=booking.contact_id,
        booking_id=booking.id,
        link_id=link_id,
        message_id=leaving,
        unsubscribe=leaving is not None,
        kind=kind,
        key=key,
        to=booking.email,
        reply_to=messaging.reply_to(booking.account) or answers_to(one),
        ics=file,
        ics_method=method or "",
        now=now,
        **words(rendered),
    )


def to_host(one: Appointment, write: Write, *, kind: str, key: str, method: ics.Method | None, now: datetime) -> None:
    """Mail the hosts; where none has an address, the person to contact stands in."""
    booking, method = one.booking, method_of(one, method)
    with one.host.speaking():
        rendered = finished(one, write)
        file = calendar_file(one, host_invite, method, now)
    for place, recipient in enumerate(host_recipients(one)):
        queue(
            account_id=booking.account_id,
            booking_id=booking.id,
            kind=kind,
            key=f"{key}:{place}" if place else key,
            to=recipient.email,
            # An answer to the guest would quote the link that approves.
            reply_to="" if one.status == "pending" else booking.email,
            ics=file,
            ics_method=method or "",
            now=now,
            **words(rendered),
        )


def to_addresses(
    one: Appointment,
    write: Callable[[str], Write],
    addresses: Sequence[str],
    reader: Reader,
    *,
    kind: str,
    key: str,
    now: datetime,
) -> None:
    """Mail people who have no part in the appointment, like a reception desk: without a calendar file, and each with a
    way to be left alone, which `write` is given. Those who took it get nothing."""
    booking = one.booking
    for place, address in enumerate(addresses):
        if messaging.opted_out(booking.account, "email", address):
            continue
        leaving = uuid7()
        with reader.speaking():
            rendered = finished(one, write(unsubscribe_url(leaving)))
        queue(
            account_id=booking.account_id,
            booking_id=booking.id,
            message_id=leaving,
            unsubscribe=True,
            kind=kind,
            key=f"{key}:{place}",
            to=address,
            reply_to=booking.email,
            now=now,
            **words(rendered),
        )


def to_party(
    one: Appointment, occasion: Occasion, *, kind: str, key: str, method: ics.Method | None, now: datetime
) -> None:
    """Mail those who come along and gave an address, in their guest's language, with the file for their calendar."""
    booking, method = one.booking, method_of(one, method)
    for place, person in companions_of(one, occasion):
        leaving = uuid7()
        with one.guest.speaking():
            rendered = render(letter_to(one, person, occasion, unsubscribe_url(leaving)), one.brand)
            file = calendar_file(one, partial(invite_to, person=person), method, now)
        queue(
            account_id=booking.account_id,
            booking_id=booking.id,
            message_id=leaving,
            unsubscribe=True,
            kind=kind,
            key=f"{key}:{place}",
            to=person["email"],
            reply_to=messaging.reply_to(booking.account) or answers_to(one),
            ics=file,
            ics_method=method or "",
            now=now,
            **words(rendered),
        )


def words(rendered: Rendered) -> dict[str, Any]:
    """What a message says, for `queue`."""
    return {
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "must_contain": rendered.links,
    }


def finished(one: Appointment, write: Write) -> Rendered:
    """In the active language."""
    found = write(one)
    return found if isinstance(found, Rendered) else render(found, one.brand)


def host_recipients(one: Appointment) -> list[Recipient]:
    """The hosts, the leading one first, else the person to contact."""
    found = [of_host(host, one.booking.account, one.host_zone) for host in hosts_of(one.booking)]
    return [own for own in found if own] or contact_of(one.calendar, None, one.booking.account)[:1]


def answers_to(one: Appointment) -> str:
    """Where a guest's answer goes if the account names no address of its own."""
    found = host_recipients(one)
    return found[0].email if found else ""


def to_people(
    people: list[Recipient],
    write: Callable[[Recipient], Letter],
    *,
    account_id: UUID,
    brand: Brand,
    kind: str,
    key: str,
    now: datetime,
    reply_to: str = "",
    link_id: UUID | None = None,
    contact_id: UUID | None = None,
    booking_id: UUID | None = None,
) -> list[Message]:
    """The same letter to each, in their own language. `key` names the cause; the reader's place in the list follows it."""
    sent = []
    for place, person in enumerate(people):
        with person.reader.speaking():
            rendered = render(write(person), brand)
        message = queue(
            account_id=account_id,
            contact_id=contact_id,
            booking_id=booking_id,
            link_id=link_id,
            kind=kind,
            key=f"{key}:{place}",
            to=person.email,
            reply_to=reply_to,
            now=now,
            **words(rendered),
        )
        sent.append(message)
    return sent

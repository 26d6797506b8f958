"""Redeem a one-time link: the booking, the use of the link and the event commit together or not at all (P1, P4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from admitone.accounts.idempotency import Idempotency, claim, find
from admitone.booking.models import Booking
from admitone.booking.queries import db_id
from admitone.booking.retrying import retrying
from admitone.booking.services import Booked, Wish, booked
from admitone.booking.services.reserving import PlanChanged
from admitone.booking.services.series import reserve_all
from admitone.calendars.services import refresh_stale
from admitone.events import GUEST, Actor, Draft, record_many
from admitone.links.models import LinkUse, OneTimeLink
from admitone.links.queries import Opened, known_of, opened, state_of
from admitone.links.services.codes import check_code
from admitone.links.services.issuing import event_of
from admitone.links.services.offering import taken_up
from admitone.links.terms import lasting
from admitone.logic.bookings import GuestRequest, clean_guest, with_bound
from admitone.logic.errors import Problem
from admitone.logic.identity import email_key
from admitone.logic.ids import uuid7
from admitone.logic.intake import hoisted
from admitone.logic.links import problem
from admitone.logic.series import Repeat
from admitone.statements import insert_all

#: The one statement that uses a link. Its conditions are those of logic.links.status; a property test holds them together.
REDEEM = """
UPDATE links_onetimelink SET uses = uses + 1, used_at = %s
WHERE id = %s AND uses < max_uses AND deleted_at IS NULL
  AND (expires_at IS NULL OR expires_at > %s) AND (not_before IS NULL OR not_before <= %s)
RETURNING uses"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """An opened link together with the guest who holds it."""

    opened: Opened
    guest: GuestRequest
    start: int
    booking_id: UUID
    idempotency: Idempotency | None
    host: str = ""
    duration: int | None = None
    repeat: Repeat | None = None


def redeem(
    *,
    token: str,
    start: int,
    guest: Mapping[str, Any],
    now: datetime,
    idempotency_key: str | None = None,
    code: str | None = None,
    actor: Actor = GUEST,
    found: Opened | None = None,
    host: str = "",
    calendar: str = "",
    duration: int | None = None,
    repeat: Repeat | None = None,
) -> Booked:
    """Book `start` (epoch minute) with the link. Calendar and offered times come from the link alone, the host and the
    length too unless the calendar lets its guests choose: then `host` is the id of whom they wish, `duration` minutes.
    A group's link books the one of its active calendars that `calendar` (id or slug) names. A series (`repeat`) is one
    use of the link, if the link allows one as long.

    `found` is what `opened(token, now)` said to a caller that had to look first.

    Raises Problem in this order: unknown, (a repeated request is answered), used, deleted, expired, not open, paused,
    contact, invalid fields, slot.
    """
    found = found or opened(token, now)
    wished = {"host": host, "calendar": calendar, "duration": duration, "repeat": repeat and asdict(repeat)}
    wished = {name: value for name, value in wished.items() if value}
    asked = Idempotency.of(found.link.id, idempotency_key, {**guest, **wished, "start": start})
    for _ in range(3):
        if found.state != "active":
            return _replay_or_refuse(found, asked, actor, now)
        try:
            found = found.choose(calendar)
            ticket = replace(_ticket(found, start, guest, asked, code, now, host, duration), repeat=repeat)
        except Problem:
            if before := find(asked):
                return booked(Booking.objects.get(id=before), replayed=True)
            raise
        if found.stale:
            refresh_stale(host_ids=[host.id for host in found.plan.hosts], now=now)
        try:
            return retrying(lambda: _redeem(ticket, actor, now))  # noqa: B023 - called at once
        except PlanChanged:
            found = opened(token, now)
    raise Problem("slot_unavailable")


def _ticket(
    found: Opened,
    start: int,
    raw: Mapping[str, Any],
    asked: Idempotency | None,
    code: str | None,
    now: datetime,
    host: str,
    duration: int | None,
) -> Ticket:
    given = known_of(found)
    raw = hoisted(found.plan, {"utm": found.link.utm, **raw}, given)
    merged = with_bound(raw, found.person, found.link.contact_policy)
    if found.link.contact_policy == "verify":
        check_code(found.link.id, code, now)
    return Ticket(found, clean_guest(found.plan, merged, given=given), start, uuid7(), asked, host, duration)


@transaction.atomic
def _redeem(ticket: Ticket, actor: Actor, now: datetime) -> Booked:
    link = ticket.opened.link
    before = claim(ticket.idempotency, kind="booking", resource_id=ticket.booking_id, now=now)
    if before:
        return booked(Booking.objects.get(id=before), replayed=True)
    n = _use(link, now)
    bookings, drafts = reserve_all(_wish(ticket), ticket.repeat, link.series, actor=actor, now=now)
    booking = bookings[0]
    insert_all([LinkUse(link=link, n=n, booking=booking, at=now)], strictly=True)
    if link.source_kind == "waitlist":
        drafts = [*drafts, *taken_up(link.id, actor, now, booking.id)]
    record_many([_used(ticket, actor, now, str(booking.id), n), *drafts])
    return booked(booking)


def _used(ticket: Ticket, actor: Actor, now: datetime, booking: str, n: int) -> Draft:
    """Names the calendar that was booked, which a group's link leaves to its guest."""
    calendar, link = ticket.opened.plan.calendar_id, ticket.opened.link
    return event_of(link, "one_time_link.used", actor, now, booking=booking, n=n, calendar=calendar)


def _use(link: OneTimeLink, now: datetime) -> int:
    """Use number n of the link. A link that died since it was opened wins over a lost slot."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(REDEEM, [at, db_id(link.id), at, at])
        row = cursor.fetchone()
    if row is None:
        fresh = OneTimeLink.objects.select_related("calendar", "group").get(id=link.id)
        raise problem(state_of(fresh, now))
    return row[0]


def _wish(ticket: Ticket) -> Wish:
    link, guest = ticket.opened.link, ticket.guest
    person = ticket.opened.person
    same = person is not None and (email_key(person.email) == email_key(guest.email))
    return Wish(
        booking_id=ticket.booking_id,
        plan=ticket.opened.plan,
        start=ticket.start,
        guest=guest,
        source="one_time_link",
        link_id=link.id,
        contact_id=link.contact_id if same else None,
        offered=link.offered,
        metadata=link.metadata,
        host=ticket.host,
        duration=ticket.duration,
        terms=lasting(link),
    )


def _replay_or_refuse(found: Opened, asked: Idempotency | None, actor: Actor, now: datetime) -> Booked:
    before = find(asked)
    if before:
        return booked(Booking.objects.get(id=before), replayed=True)
    with transaction.atomic():
        link = OneTimeLink.objects.select_for_update().get(id=found.link.id)
        record_many([event_of(link, "one_time_link.attempted", actor, now, state=found.state)])
    raise problem(found.state)

"""The waiting list of a full time: join and leave. Offers are links, so they are made a layer above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from admitone.accounts.limits import hit
from admitone.booking.holds import WAITING
from admitone.booking.models import SeatHold, Session, WaitlistEntry
from admitone.booking.queries import openings
from admitone.booking.services.keeping import let_go
from admitone.contacts.services import find_or_create
from admitone.events import Actor, Draft, record_many
from admitone.logic.bookings import GuestRequest, clean_guest
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.kinds import SEATED
from admitone.logic.plan import CalendarPlan

#: A time has at most so many people waiting: more would only be disappointed.
LONGEST_LINE = 200
#: Offers keep seats from others, so nobody has many: open places of a person, offers that a person may let pass at one
#: time, and places a day from one client at one time and in one account. Enough for a family or an office.
MOST_PLACES, MOST_PASSED = 10, 2
CLIENT_TIME, CLIENT_ACCOUNT, DAY = 5, 15, 24 * 3600


def clean_waiting(plan: CalendarPlan, raw: Mapping[str, Any]) -> GuestRequest:
    """Who wants to wait: a name and an address, for the offer goes there. What else the calendar asks for is asked when
    they book."""
    eased = replace(plan, phone="off", email_required=True, consent_text="", note=False)
    return replace(clean_guest(eased, raw), party=_party(plan, raw.get("party")))


def _party(plan: CalendarPlan, raw: Any) -> int:
    most = max(1, min(plan.max_party, plan.capacity or 1))
    text = str(raw if raw not in (None, "") else 1)
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= most):
        raise Problem("invalid", fields={"party": f"Enter a whole number from 1 to {most}."})
    return int(text)


def check_full(plan: CalendarPlan, start: int, *, party: int, now: datetime, offered: Any = None) -> None:
    """Problem waitlist_closed unless this is a time of the calendar that has no room for the party."""
    if not plan.active or not plan.waitlist or plan.kind not in SEATED or not plan.capacity:
        raise Problem("waitlist_closed")
    asked = openings(plan, now=now, first=start, end=start + 1, offered=offered)
    left = asked.room().get(start)
    if left is None:
        raise Problem("waitlist_closed")
    if left >= party:
        raise Problem("waitlist_closed", "There is room at this time: book it.")


def join(
    *,
    plan: CalendarPlan,
    start: int,
    guest: GuestRequest,
    actor: Actor,
    now: datetime,
    contact_id: UUID | None = None,
    offered: Any = None,
    client: str = "",
) -> WaitlistEntry:
    """A place in the line for `guest.party` seats at `start` (epoch minute); whoever has one keeps it.

    `client` is the network address of a stranger who asks: Problem rate_limited for their sixth place at a time.
    """
    check_full(plan, start, party=guest.party, now=now, offered=offered)
    try:
        return _join(plan, start, guest, actor, now, contact_id, client)
    except IntegrityError:  # the same person, twice at the same moment
        return _join(plan, start, guest, actor, now, contact_id, client)


@transaction.atomic
def _join(
    plan: CalendarPlan,
    start: int,
    guest: GuestRequest,
    actor: Actor,
    now: datetime,
    contact_id: UUID | None,
    client: str,
) -> WaitlistEntry:
    account_id, made = UUID(plan.account_id), None
    if contact_id is None:
        contact_id, made = find_or_create(
            account_id=account_id, name=guest.name, email=guest.email, phone=guest.phone, timezone=guest.timezone,
            locale=guest.locale, source="waitlist", actor=actor, now=now,
        )  # fmt: skip
    _hold_session(plan, start)
    same = WaitlistEntry.objects.filter(calendar=UUID(plan.calendar_id), start_min=start, status__in=WAITING)
    if before := same.filter(contact=contact_id).first():
        return before
    if same.count() >= LONGEST_LINE:
        raise Problem("waitlist_closed", "Too many people are waiting for this time.")
    _check_person(plan, start, contact_id)
    if client:
        _count_client(plan, start, client, now)
    entry = WaitlistEntry.objects.create(
        id=uuid7(),
        account_id=account_id,
        calendar_id=UUID(plan.calendar_id),
        contact_id=contact_id,
        start_min=start,
        end_min=start + plan.rules.duration,
        seats=guest.party,
        guest_timezone=guest.timezone,
        guest_locale=guest.locale,
        created_at=now,
        updated_at=now,
    )
    record_many([event_of(entry, "waitlist.joined", actor, now), *([made] if made else [])])
    return entry


def _check_person(plan: CalendarPlan, start: int, contact_id: UUID) -> None:
    mine = WaitlistEntry.objects.filter(account=UUID(plan.account_id), contact=contact_id)
    if mine.filter(status__in=WAITING).count() >= MOST_PLACES:
        raise Problem("invalid", fields={"email": "You are waiting for as many times as one person can."})
    passed = mine.filter(calendar=UUID(plan.calendar_id), start_min=start, status="expired", link_id__isnull=False)
    if passed.count() >= MOST_PASSED:
        raise Problem("invalid", fields={"email": "A place at this time was kept for you twice already."})


def _count_client(plan: CalendarPlan, start: int, client: str, now: datetime) -> None:
    """Addresses are cheap to invent; clients are less so."""
    time, account = f"{client}:{plan.calendar_id}:{start}", f"{client}:{plan.account_id}"
    hit(name="wait-time", subject=time, limit=CLIENT_TIME, window_seconds=DAY, now=now)
    hit(name="wait-account", subject=account, limit=CLIENT_ACCOUNT, window_seconds=DAY, now=now)


def _hold_session(plan: CalendarPlan, start: int) -> None:
    """Whoever gives the last seat back meanwhile comes before, or sees who waits."""
    rows = Session.objects.select_for_update(of=("self",)).filter(calendar=UUID(plan.calendar_id), start_min=start)
    list(rows.order_by("id").values_list("id", flat=True))


@transaction.atomic
def leave(*, account_id: UUID, entry_id: UUID, actor: Actor, now: datetime) -> WaitlistEntry:
    """Give the place up, an offer with it; nothing for one that is over. Problem not_found."""
    rows = WaitlistEntry.objects.select_for_update(of=("self",)).select_related("contact", "calendar")
    entry = rows.filter(id=entry_id, account_id=account_id).first()
    if entry is None:
        raise Problem("not_found")
    if entry.status in WAITING:
        record_many([end(entry, "left", actor, now)])
    return entry


def end(entry: WaitlistEntry, status: str, actor: Actor, now: datetime) -> Draft:
    """Take an entry out of the line (booked, expired, left) with the seats that are kept for it, and the host, if it was
    the last; the event to record.

    Call it with the entry's row locked.
    """
    if entry.link_id:
        SeatHold.objects.filter(link_id=entry.link_id).delete()
    entry.status, entry.updated_at = status, now
    entry.save(update_fields=["status", "updated_at"])
    let_go(calendar_id=entry.calendar_id, start=entry.start_min)
    if status == "booked":
        return event_of(entry, "waitlist.booked", actor, now)
    return event_of(entry, "waitlist.expired" if status == "expired" else "waitlist.left", actor, now)


def event_of(entry: WaitlistEntry, kind: str, actor: Actor, now: datetime, **more: Any) -> Draft:
    facts = {
        "entry": str(entry.id),
        "calendar": str(entry.calendar_id),
        "contact": str(entry.contact_id),
        "link": str(entry.link_id) if entry.link_id else None,
        "start_min": entry.start_min,
        "end_min": entry.end_min,
        "seats": entry.seats,
        **more,
    }
    return Draft(entry.account_id, actor, now, kind, "waitlist_entry", entry.id, facts)

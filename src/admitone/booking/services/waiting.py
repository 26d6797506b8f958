"""The waiting list of a full time: join and leave. Offers are links, so they are made a layer above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from admitone.booking.holds import WAITING
from admitone.booking.models import SeatHold, WaitlistEntry
from admitone.booking.queries import openings
from admitone.contacts.services import find_or_create
from admitone.events import Actor, Draft, record_many
from admitone.logic.bookings import GuestRequest, clean_guest
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.kinds import SEATED
from admitone.logic.plan import CalendarPlan

#: A time has at most so many people waiting: more would only be disappointed.
LONGEST_LINE = 200


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
) -> WaitlistEntry:
    """A place in the line for `guest.party` seats at `start` (epoch minute); whoever has one keeps it."""
    check_full(plan, start, party=guest.party, now=now, offered=offered)
    try:
        return _join(plan, start, guest, actor, now, contact_id)
    except IntegrityError:  # the same person, twice at the same moment
        return _join(plan, start, guest, actor, now, contact_id)


@transaction.atomic
def _join(
    plan: CalendarPlan, start: int, guest: GuestRequest, actor: Actor, now: datetime, contact_id: UUID | None
) -> WaitlistEntry:
    account_id, made = UUID(plan.account_id), None
    if contact_id is None:
        contact_id, made = find_or_create(
            account_id=account_id, name=guest.name, email=guest.email, phone=guest.phone, timezone=guest.timezone,
            locale=guest.locale, source="waitlist", actor=actor, now=now,
        )  # fmt: skip
    same = WaitlistEntry.objects.filter(calendar=UUID(plan.calendar_id), start_min=start, status__in=WAITING)
    if before := same.filter(contact=contact_id).first():
        return before
    if same.count() >= LONGEST_LINE:
        raise Problem("waitlist_closed", "Too many people are waiting for this time.")
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
    """Take an entry out of the line (booked, expired, left) with the seats that are kept for it; the event to record.

    Call it with the entry's row locked.
    """
    if entry.link_id:
        SeatHold.objects.filter(link_id=entry.link_id).delete()
    entry.status, entry.updated_at = status, now
    entry.save(update_fields=["status", "updated_at"])
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

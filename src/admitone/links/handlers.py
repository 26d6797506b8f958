"""What a waiting list does when a seat may have become free."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.booking.holds import WAITING
from admitone.booking.models import WaitlistEntry
from admitone.booking.services.waiting import leave
from admitone.events import SYSTEM
from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.links.services.offering import lines, offer_next, settle, withdraw
from admitone.messaging.models import Message

#: Changes of a calendar after which there may be more room.
ROOM = {"capacity", "waitlist", "schedule", "notice", "range_days", "cutoff_days"}


@on("booking.cancelled", "booking.declined", "booking.rescheduled", consumer="links.waitlist")
def seat_freed(event: Event, now: datetime) -> None:
    facts = event.facts
    start = facts.get("old_start_min", facts["start_min"])
    offer_next(calendar_id=UUID(facts["calendar"]), start=start, now=now)


@on("waitlist.left", "waitlist.booked", consumer="links.waitlist_left")
def left(event: Event, now: datetime) -> None:
    """A party that is smaller than its offer frees seats, too."""
    if event.kind == "waitlist.left" and event.facts["link"]:
        withdraw(link_id=UUID(event.facts["link"]), actor=SYSTEM, now=now)
    offer_next(calendar_id=UUID(event.facts["calendar"]), start=event.facts["start_min"], now=now)


@on("one_time_link.expired", "one_time_link.deleted", consumer="links.waitlist_offer")
def offer_over(event: Event, now: datetime) -> None:
    if event.facts.get("source") == "waitlist":
        settle(link_id=UUID(event.facts["link"]), now=now)


@on("calendar.changed", "calendar.resumed", "calendar.restored", consumer="links.waitlist_room")
def more_room(event: Event, now: datetime) -> None:
    changed = set(event.facts.get("fields", ROOM))
    if "calendar" in event.facts and changed & ROOM:
        for calendar_id, start in lines(now, UUID(event.facts["calendar"])):
            offer_next(calendar_id=calendar_id, start=start, now=now)


@on("message.bounced", consumer="links.waitlist_bounced")
def nobody_there(event: Event, now: datetime) -> None:
    """An address that does not exist keeps no place: who has it can never be told of an offer."""
    message = Message.objects.filter(id=event.facts["message"], kind__startswith="waitlist.").first()
    if message is None or message.contact_id is None:
        return
    rows = WaitlistEntry.objects.filter(account=event.account_id, contact=message.contact_id, status__in=WAITING)
    for entry_id in list(rows.order_by("id").values_list("id", flat=True)):
        leave(account_id=event.account_id, entry_id=entry_id, actor=SYSTEM, now=now)

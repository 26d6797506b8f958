"""What a waiting step can wait for, and whether it has happened already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.events.models import Event

LINK_KINDS = ("one_time_link.used", "one_time_link.opened", "one_time_link.expired", "one_time_link.deleted")
BOOKING_KINDS = ("booking.created", "booking.rescheduled", "booking.cancelled", "booking.no_show")
CONTACT_KINDS = ("form.submitted", "message.received")
WAKERS = (*LINK_KINDS, *BOOKING_KINDS, *CONTACT_KINDS)
#: name among an event's facts -> noun of what a step awaits
NOUNS = {"link": "one_time_link", "booking": "booking", "contact": "contact"}


def subjects(event: Event) -> set[str]:
    """Everything the event is about, as `awaits` spells it."""
    found = {f"{event.subject_kind}:{event.subject_id}"}
    return found | {f"{noun}:{event.facts[name]}" for name, noun in NOUNS.items() if event.facts.get(name)}


def happened(account_id: UUID, kind: str, awaits: str, since: datetime | None) -> Event | None:
    """The latest event of this kind about `awaits`; `since` bounds the look at what is not its own subject."""
    noun, _colon, key = awaits.partition(":")
    rows = Event.objects.filter(account_id=account_id, kind=kind).order_by("-id")
    if kind.startswith(f"{noun}."):
        return rows.filter(subject_id=UUID(key)).first()
    names = {noun: name for name, noun in NOUNS.items()}
    recent = rows.filter(at__gte=since) if since else rows
    return next((event for event in recent[:500] if event.facts.get(names[noun]) == key), None)

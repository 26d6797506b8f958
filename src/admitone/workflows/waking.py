"""What a waiting step can wait for, and whether it has happened already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from django.db.models import Q, QuerySet

from admitone.booking.models import Booking
from admitone.events.models import Event
from admitone.workflows.models import Enrollment

#: Kinds of events that steps wait for and goals are made of.
Happening = Literal[
    "one_time_link.used",
    "one_time_link.opened",
    "one_time_link.expired",
    "one_time_link.deleted",
    "booking.created",
    "booking.rescheduled",
    "booking.cancelled",
    "booking.declined",
    "booking.no_show",
    "booking.completed",
    "form.submitted",
    "message.received",
    "payment.received",
]
#: What wakes a step: an approval ends no wait of its own, but that for a moment of a request.
WAKERS: tuple[str, ...] = (*get_args(Happening), "booking.confirmed")
LINK_KINDS = tuple(kind for kind in WAKERS if kind.startswith("one_time_link."))
BOOKING_KINDS = tuple(kind for kind in get_args(Happening) if kind.startswith("booking."))
#: name among an event's facts -> noun of what a step awaits
NOUNS = {"link": "one_time_link", "booking": "booking", "contact": "contact"}
RECENT = 1000  # of an account's events: more than come in between a look and its note

Ids = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Only:
    """Calendars of appointments and forms that count; none of them means any."""

    calendars: tuple[UUID, ...] = ()
    forms: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, params: Any) -> Only:
        return cls(params.calendars, params.forms)

    def fits(self, kind: str, facts: Ids) -> bool:
        if kind == "form.submitted":
            return not self.forms or facts.get("form") in {str(one) for one in self.forms}
        wanted = {str(one) for one in self.calendars} if kind in BOOKING_KINDS else set()
        return not wanted or facts.get("calendar") in wanted


ANY = Only()


def subjects(event: Event) -> set[str]:
    """Everything the event is about, as `awaits` spells it."""
    found = {f"{event.subject_kind}:{event.subject_id}"}
    return found | {f"{noun}:{event.facts[name]}" for name, noun in NOUNS.items() if event.facts.get(name)}


def happened_to_link(account_id: UUID, kind: str, link_id: str) -> Ids | None:
    """The facts of the latest such event of the link, whenever it was."""
    rows = Event.objects.filter(account_id=account_id, subject_id=UUID(link_id), kind=kind)
    return rows.order_by("-id").values_list("facts", flat=True).first()


def happened_to_contact(account_id: UUID, kind: str, contact_id: UUID, since: datetime, only: Only = ANY) -> Ids | None:
    """Ids of what the contact did since then. Bookings are asked themselves: an account's events can be many."""
    if kind in BOOKING_KINDS:
        rows = bookings(kind, since).filter(account_id=account_id, contact_id=contact_id)
        rows = rows.filter(calendar_id__in=only.calendars) if only.calendars else rows
        booking = rows.order_by("-updated_at", "-id").first()
        return {"booking": str(booking.id), "calendar": str(booking.calendar_id)} if booking else None
    recent = Event.objects.filter(account_id=account_id).order_by("-id")[:RECENT]
    found = (event for event in recent if event.kind == kind and event.at >= since and only.fits(kind, event.facts))
    return next((event.facts for event in found if event.facts.get("contact") == str(contact_id)), None)


def booked(one: Enrollment, only: Only = ANY) -> Ids | None:
    """Ids of what the contact has booked since the event that let them in, however late that was heard of."""
    if one.contact_id is None:
        return None
    rows = Event.objects.filter(pk=one.cause_event_id) if one.cause_event_id else Event.objects.none()
    since = min([one.created_at, *rows.values_list("at", flat=True)])
    found = happened_to_contact(one.account_id, "booking.created", one.contact_id, since, only)
    return None if found and found["booking"] == one.cause_facts.get("booking") else found


def bookings(kind: str, since: datetime) -> QuerySet[Booking]:
    """Bookings to which this happened since then."""
    which = {
        "booking.created": Q(created_at__gte=since),
        "booking.rescheduled": Q(rescheduled_from_min__isnull=False, updated_at__gte=since),
        "booking.cancelled": Q(status="cancelled", cancelled_at__gte=since),
        "booking.declined": Q(status="declined", cancelled_at__gte=since),
        "booking.no_show": Q(status="no_show", updated_at__gte=since),
        "booking.completed": Q(completed_at__gte=since),
    }
    return Booking.objects.filter(which[kind])

"""What a message says: {"type", "timestamp", "data"}; `data` is the subject as the API shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from admitone.booking.models import Booking, WaitlistEntry
from admitone.booking.payload import booking_view, waiting_view
from admitone.contacts.models import Contact
from admitone.contacts.payload import contact_view
from admitone.events.models import Event
from admitone.forms.models import Submission
from admitone.links.models import OneTimeLink
from admitone.links.queries import views
from admitone.logic.clock import iso

Data = dict[str, Any]


def text_of(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """The body of the request, as signed."""
    return json.dumps({"type": kind, "timestamp": iso(at), "data": data}, separators=(",", ":"), ensure_ascii=False)


def body_of(event: Event, now: datetime) -> str | None:
    """None when the subject is no longer there."""
    build = BUILDERS.get(event.kind.partition(".")[0])
    data = build(event, now) if build else None
    if data is None:
        return None
    return text_of(event.kind, event.at, {**data, "account": str(event.account_id), "event": str(event.id)})


def link_data(event: Event, now: datetime) -> Data | None:
    """The link; a used one with its booking, an attempt with the state that the visitor met."""
    link = OneTimeLink.objects.filter(pk=event.subject_id, account_id=event.account_id).first()
    if link is None:
        return None
    data = views([link])[0].as_dict(now)
    if booking_id := event.facts.get("booking"):
        data["booking"] = booking_of(event, booking_id)
    if state := event.facts.get("state"):
        data["state"] = state
    return data


def booking_data(event: Event, now: datetime) -> Data | None:
    """The booking; it carries its link's metadata."""
    return booking_of(event, event.subject_id)


def booking_of(event: Event, booking_id: Any) -> Data | None:
    rows = Booking.objects.select_related("host").filter(pk=booking_id, account_id=event.account_id)
    booking = rows.first()
    return booking_view(booking) if booking else None


def contact_data(event: Event, now: datetime) -> Data | None:
    contact = Contact.objects.filter(pk=event.subject_id, account_id=event.account_id, erased_at=None).first()
    return contact_view(contact) if contact else None


def form_data(event: Event, now: datetime) -> Data | None:
    """What was filled in; `contact` is the id of whom it made or found. With the rule that ruled them out, and where."""
    row = Submission.objects.filter(pk=event.subject_id, account_id=event.account_id).first()
    if row is None:
        return None
    ruled = row.meta.get("disqualified")
    return {
        "id": str(row.id),
        "form": str(row.form_id),
        "contact": str(row.contact_id),
        "answers": row.answers,
        "source": row.meta.get("source", ""),
        "created_at": iso(row.created_at),
        **({"disqualified": ruled, "calendar": row.meta.get("calendar")} if ruled else {}),
    }


def waitlist_data(event: Event, now: datetime) -> Data | None:
    """The place in the line; of one that was taken up with its booking."""
    rows = WaitlistEntry.objects.select_related("contact").filter(pk=event.subject_id, account_id=event.account_id)
    entry = rows.filter(contact__erased_at=None).first()
    if entry is None:
        return None
    booking_id = event.facts.get("booking")
    return waiting_view(entry) | ({"booking": booking_of(event, booking_id)} if booking_id else {})


BUILDERS: dict[str, Callable[[Event, datetime], Data | None]] = {
    "one_time_link": link_data,
    "booking": booking_data,
    "contact": contact_data,
    "form": form_data,
    "waitlist": waitlist_data,
}

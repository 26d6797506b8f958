"""A booking, and a place on a waiting list, as the API and webhooks show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from admitone.accounts.addresses import manage_url
from admitone.booking.models import Booking, WaitlistEntry
from admitone.booking.queries import hosts_of
from admitone.logic.clock import from_min, iso


def booking_view(booking: Booking) -> dict[str, Any]:
    """Reads `host`: select it with the row. One statement more for an appointment with several hosts."""
    moved, cancelled = booking.rescheduled_from_min, booking.cancelled_at
    return {
        "start": iso(from_min(booking.start_min)),
        "end": iso(from_min(booking.end_min)),
        "id": str(booking.id),
        "status": booking.status,
        "calendar": str(booking.calendar_id),
        "contact": str(booking.contact_id),
        "link": str(booking.one_time_link_id) if booking.one_time_link_id else None,
        "host": str(booking.host_id),
        "host_name": booking.host.name,
        "host_reason": booking.host_reason,
        "hosts": [{"id": str(host.id), "name": host.name} for host in hosts_of(booking)],
        "seats": booking.seats,
        "guests": booking.guests,
        "series": {"id": str(booking.series_id), "n": booking.series_n} if booking.series_id else None,
        "answer_by": iso(booking.answer_by) if booking.answer_by else None,
        "answers": booking.answers,
        "name": booking.name,
        "email": booking.email,
        "phone": booking.phone,
        "note": booking.note,
        "timezone": booking.guest_timezone,
        "locale": booking.guest_locale,
        "location_kind": booking.location_kind,
        "location": booking.location,
        "consent_at": iso(booking.consent_at) if booking.consent_at else None,
        "source": booking.source,
        "metadata": booking.metadata,
        "utm": booking.utm,
        "sequence": booking.sequence,
        "manage_url": manage_url(booking.id),
        "rescheduled_from": None if moved is None else iso(from_min(moved)),
        "cancelled_at": iso(cancelled) if cancelled else None,
        "cancelled_by": booking.cancelled_by,
        "cancel_reason": booking.cancel_reason,
        "created_at": iso(booking.created_at),
        "updated_at": iso(booking.updated_at),
    }


def waiting_view(entry: WaitlistEntry) -> dict[str, Any]:
    """Reads `contact`: select it with the row."""
    return {
        "start": iso(from_min(entry.start_min)),
        "end": iso(from_min(entry.end_min)),
        "id": str(entry.id),
        "calendar": str(entry.calendar_id),
        "contact": str(entry.contact_id),
        "name": entry.contact.name,
        "email": entry.contact.email,
        "seats": entry.seats,
        "status": entry.status,
        "link": str(entry.link_id) if entry.link_id else None,
        "created_at": iso(entry.created_at),
    }


def made_by(links: Sequence[UUID]) -> dict[UUID | None, list[str]]:
    """Link -> the ids of its bookings; of a series the first date alone is told of the link, the others follow it."""
    rows = Booking.objects.filter(one_time_link_id__in=links).order_by("id")
    first = list(rows.values_list("one_time_link_id", "id", "series_id"))
    later = _following([series for _, _, series in first if series])
    made: dict[UUID | None, list[str]] = {}
    for link, booking, series in first:
        made.setdefault(link, []).extend([str(booking), *later.get(series, ())])
    return made


def _following(series: Sequence[UUID]) -> dict[UUID | None, list[str]]:
    found: dict[UUID | None, list[str]] = {}
    rows = Booking.objects.filter(series_id__in=series, one_time_link_id=None).order_by("series_n", "id")
    for key, booking in rows.values_list("series_id", "id") if series else ():
        found.setdefault(key, []).append(str(booking))
    return found

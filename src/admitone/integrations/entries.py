"""What a host's calendar shows of one appointment."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation

from admitone.integrations.remote import Entry
from admitone.notifications.appointments import host_invite, load


def entry_of(booking_id: UUID) -> Entry | None:
    """In the host's language, as it is now; without anybody's address as a participant, so that nobody is invited."""
    one = load(booking_id)
    if one is None:
        return None
    with translation.override(one.host.locale):
        facts = host_invite(one, ("", ""))
    return Entry(
        booking_id=one.booking.id,
        sequence=one.sequence,
        start_min=one.start_min,
        end_min=one.end_min,
        summary=facts.summary,
        changed_at=one.booking.updated_at,
        description=facts.description,
        location=facts.location,
        url=facts.url,
        tentative=one.booking.status == "pending",
    )

"""A host's own appointments come back through their other calendars: there they must not block a second time."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from admitone.booking.models import Booking
from admitone.calendars.busy import Fetched, SourceError
from admitone.logic.spans import normalize


def without_own(host_id: UUID, answer: Fetched | SourceError) -> Fetched | SourceError:
    """The answer without events of bookings that this host gives; those of strangers and of other hosts block."""
    if isinstance(answer, SourceError) or answer.spans is None or not answer.ours:
        return answer
    own = own_bookings(host_id, list(answer.ours))
    others = [span for key, spans in answer.ours.items() if key not in own for span in spans]
    return replace(answer, spans=normalize([*answer.spans, *others]), ours={})


def own_bookings(host_id: UUID, ids: list[UUID]) -> set[UUID]:
    """Which of these are bookings that the host gives, or gave while they were written into their calendar."""
    gives = Q(host_id=host_id) | Q(seat_rows__session__occupancy__host=host_id)
    found: set[UUID] = set()
    for n in range(0, len(ids), 400):
        rows = Booking.objects.filter(gives | Q(external_events__connection__host=host_id), id__in=ids[n : n + 400])
        found |= set(rows.values_list("id", flat=True))
    return found

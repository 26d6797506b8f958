"""Busy spans as they are read from a provider's events."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from admitone.calendars.busy import Fetched, Wanted
from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.spans import Span, normalize


class Reading:
    """Collects events; `done` rounds outward, joins, and leaves out what does not touch the window."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.found: defaultdict[UUID | None, list[Span]] = defaultdict(list)

    def add(self, start: datetime, end: datetime, booking_id: UUID | None) -> None:
        if start < end:
            self.found[booking_id].append((to_min_floor(start), to_min_ceil(end)))

    def done(self, etag: str) -> Fetched:
        first, end = self.wanted.first, self.wanted.end
        within = {
            key: [span for span in normalize(spans) if span[1] > first and span[0] < end]
            for key, spans in self.found.items()
        }
        others = within.pop(None, [])
        return Fetched(others, etag, {key: spans for key, spans in within.items() if key})

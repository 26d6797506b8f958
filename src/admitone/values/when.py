"""The values of a stretch of time, which every noun that has one says in the same words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.logic.clock import from_min
from admitone.values.registry import Field
from admitone.values.times import Reader, clock, date_of, moment, span

WHEN: Mapping[str, Field] = {
    "when": Field(_("When"), "Fri, 6 Nov 2026, 14:00 – 14:30 (Berlin, GMT+1)", trusted=True),
    "start": Field(_("Start"), "Fri, 6 Nov 2026, 14:00", "date", trusted=True),
    "end": Field(_("End"), "Fri, 6 Nov 2026, 14:30", "date", trusted=True),
    "date": Field(_("Date"), "Fri, 6 Nov 2026", "date", trusted=True),
    "time": Field(_("Time"), "14:00", trusted=True),
}


def when(start_min: int, end_min: int, reader: Reader) -> dict[str, str]:
    """Texts for WHEN in the reader's language and zone."""
    start = from_min(start_min).astimezone(reader.tz)
    return {
        "when": span(start_min, end_min, reader),
        "start": moment(start_min, reader),
        "end": moment(end_min, reader),
        "date": date_of(start, reader),
        "time": clock(start, reader),
    }

"""The list as CSV, streamed; cells that a spreadsheet would run as a formula are neutralised (OWASP CSV injection)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from admitone.accounts.addresses import one_time_url
from admitone.links.models import OneTimeLink
from admitone.logic.clock import iso
from admitone.manage.links.reading import bookings_of, listed

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BATCH = 500
HEAD = (
    "id", "url", "status", "calendar", "contact_name", "contact_email", "contact_phone", "contact_policy", "label",
    "note", "source", "created_by", "created_at", "not_before", "expires_at", "uses", "max_uses", "used_at",
    "deleted_at", "booking_ids",
)  # fmt: skip


class Line:
    """What csv.writer writes to: it hands the line back."""

    def write(self, value: str) -> str:
        return value


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = iso(value) if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def response(rows: QuerySet[OneTimeLink], now: datetime) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines(rows, now), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="one-time-links-{now:%Y-%m-%d}.csv"'
    return answer


def lines(rows: QuerySet[OneTimeLink], now: datetime) -> Iterator[str]:
    """The byte order mark lets Excel read UTF-8. Rows come in batches; a batch costs two statements."""
    writer = csv.writer(Line())
    yield "\ufeff" + writer.writerow(HEAD)
    ids = list(rows.values_list("id", flat=True))
    for first in range(0, len(ids), BATCH):
        chunk = ids[first : first + BATCH]
        found = rows.model._default_manager.select_related("calendar", "contact", "created_by").in_bulk(chunk)
        made = bookings_of(chunk)
        for key in chunk:
            if key in found:
                yield writer.writerow([safe(cell) for cell in cells(found[key], made.get(key, []), now)])


def cells(link: OneTimeLink, bookings: list[Any], now: datetime) -> list[Any]:
    contact, maker = link.contact, link.created_by
    return [
        link.id, one_time_url(link.id), listed(link, now), link.calendar.name if link.calendar else "",
        contact.name if contact else "", contact.email if contact else "", contact.phone if contact else "",
        link.contact_policy if contact else "", link.label, link.note, link.source_kind,
        maker.get_full_name() if maker else "", link.created_at, link.not_before, link.expires_at, link.uses,
        link.max_uses, link.used_at, link.deleted_at, " ".join(str(booking.id) for booking in bookings),
    ]  # fmt: skip

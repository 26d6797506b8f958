"""The list as CSV. A link's address is a working link: only who may send it finds it in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from admitone.accounts.addresses import one_time_url
from admitone.links.models import OneTimeLink
from admitone.manage import spreadsheet
from admitone.manage.links.reach import Reach
from admitone.manage.links.reading import bookings_of, listed

BATCH = 500
HEAD = (
    "id", "url", "status", "calendar", "group", "contact_name", "contact_email", "contact_phone", "contact_policy", "label",
    "note", "source", "created_by", "created_at", "not_before", "expires_at", "uses", "max_uses", "used_at",
    "deleted_at", "booking_ids",
)  # fmt: skip


def response(rows: QuerySet[OneTimeLink], reach: Reach, now: datetime) -> StreamingHttpResponse:
    def url(link: OneTimeLink) -> str:
        return one_time_url(link.id) if reach.may_target(link, "book") else ""

    return spreadsheet.download(f"one-time-links-{now:%Y-%m-%d}", HEAD, lines(rows, url, now))


def lines(rows: QuerySet[OneTimeLink], url: Callable[[OneTimeLink], str], now: datetime) -> Iterator[list[Any]]:
    """Rows come in batches; a batch costs two statements."""
    ids = list(rows.values_list("id", flat=True))
    for first in range(0, len(ids), BATCH):
        chunk = ids[first : first + BATCH]
        found = rows.model._default_manager.select_related("calendar", "group", "contact", "created_by").in_bulk(chunk)
        made = bookings_of(chunk)
        for key in chunk:
            if key in found:
                yield cells(found[key], url(found[key]), made.get(key, []), now)


def cells(link: OneTimeLink, url: str, bookings: list[Any], now: datetime) -> list[Any]:
    contact, maker = link.contact, link.created_by
    return [
        link.id, url, listed(link, now), link.calendar.name if link.calendar else "",
        link.group.name if link.group else "",
        contact.name if contact else "", contact.email if contact else "", contact.phone if contact else "",
        link.contact_policy if contact else "", link.label, link.note, link.source_kind,
        maker.get_full_name() if maker else "", link.created_at, link.not_before, link.expires_at, link.uses,
        link.max_uses, link.used_at, link.deleted_at, " ".join(str(booking.id) for booking in bookings),
    ]  # fmt: skip

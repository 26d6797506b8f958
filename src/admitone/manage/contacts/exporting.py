"""Contacts as a CSV file, with tags, owner and custom values; it can be imported again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from admitone.accounts.models import Account
from admitone.contacts import queries
from admitone.contacts.models import Contact, ContactTag
from admitone.logic.clock import iso
from admitone.manage import spreadsheet

BATCH = 500
HEAD = ("id", "name", "email", "phone", "time_zone", "language", "source", "created_at", "updated_at", "owner", "tags")


def response(account: Account, rows: QuerySet[Contact]) -> StreamingHttpResponse:
    """Streamed: three statements for five hundred rows."""
    fields = list(queries.custom_fields(account))
    tags = Prefetch("contact_tags", ContactTag.objects.select_related("tag").order_by("tag__name_key"))
    found = rows.select_related("owner").prefetch_related(tags).iterator(chunk_size=BATCH)
    head = (*HEAD, *(one.label for one in fields))
    keys = [one.key for one in fields]
    return spreadsheet.download(f"contacts-{timezone.now():%Y-%m-%d}", head, cells(found, keys))


def cells(rows: Iterator[Contact], keys: list[str]) -> Iterator[list[Any]]:
    for row in rows:
        tags = ", ".join(one.tag.name for one in row.contact_tags.all())
        owner = row.owner.email if row.owner else ""
        yield [
            row.id, row.name, row.email, row.phone, row.timezone, row.locale, row.source, iso(row.created_at),
            iso(row.updated_at), owner, tags, *(written(row.custom.get(key)) for key in keys),
        ]  # fmt: skip


def written(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value

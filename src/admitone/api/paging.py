"""Cursor paging by key: stable while rows are added, and as quick on the last page as on the first."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from admitone.logic.errors import Problem

M = TypeVar("M", bound=Model)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LARGEST = 2**63  # what a database can count to


def by_id(rows: QuerySet[M], cursor: str | None, limit: int) -> tuple[list[M], str | None]:
    """A page of rows whose ids grow with time (UUIDv7), the newest first, and the next page's cursor."""
    if cursor is not None:
        rows = rows.filter(pk__lt=_read(cursor, "i")[1])
    found = list(rows.order_by("-pk")[: limit + 1])
    return found[:limit], _write("i", found[limit - 1].pk) if len(found) > limit else None


def by_place(rows: QuerySet[Any], cursor: str | None, limit: int) -> tuple[list[Any], str | None]:
    """Rows of lines, as they stand in them: by `start_min` (epoch minute), then `created_at`, then id, all growing."""
    if cursor is not None:
        raw = _raw(cursor, "p", 33)
        start, (at, key) = int.from_bytes(raw[25:], "big") % LARGEST, _parts(raw)
        later = Q(created_at__gt=at) | Q(created_at=at, pk__gt=key)
        rows = rows.filter(Q(start_min__gt=start) | (Q(start_min=start) & later))
    found = list(rows.order_by("start_min", "created_at", "pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], _write("p", last.pk, last.created_at, last.start_min.to_bytes(8, "big"))


def by_created(rows: QuerySet[Any], cursor: str | None, limit: int) -> tuple[list[Any], str | None]:
    """The same for rows with random ids: by `created_at`, then id."""
    if cursor is not None:
        at, key = _read(cursor, "c")
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__gt=key))
    found = list(rows.order_by("-created_at", "pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], _write("c", last.pk, last.created_at)


def _write(kind: str, key: UUID, at: datetime = EPOCH, more: bytes = b"") -> str:
    raw = kind.encode() + ((at - EPOCH) // MICROSECOND).to_bytes(8, "big") + key.bytes + more
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _read(cursor: str, kind: str) -> tuple[datetime, UUID]:
    return _parts(_raw(cursor, kind, 25))


def _raw(cursor: str, kind: str, size: int) -> bytes:
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"==")
    except (UnicodeError, binascii.Error):
        raise _unusable() from None
    if len(raw) != size or raw[:1] != kind.encode():
        raise _unusable()
    return raw


def _parts(raw: bytes) -> tuple[datetime, UUID]:
    try:
        return EPOCH + int.from_bytes(raw[1:9], "big") * MICROSECOND, UUID(bytes=raw[9:25])
    except OverflowError:
        raise _unusable() from None


def _unusable() -> Problem:
    return Problem("invalid", fields={"cursor": "Use next_cursor of the page before, unchanged."})

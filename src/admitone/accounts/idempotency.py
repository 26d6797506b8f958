"""A retried request gets its first answer: the key is written in the transaction that did the work, first of all locks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from admitone.accounts.models import IdempotencyKey
from admitone.logic.errors import Problem

KEPT = timedelta(hours=24)
CLAIM = (
    "INSERT INTO accounts_idempotencykey (scope, key, request_hash, resource_kind, resource_id, status, created_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (scope, key) DO NOTHING RETURNING status"
)
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A client's key within `scope` (an API key's, link's or calendar's id) and the hash of what it asked for."""

    scope: str
    key: str
    request_hash: str

    @classmethod
    def of(cls, scope: str | UUID, key: str | None, request: Mapping[str, Any]) -> Idempotency | None:
        if not key:
            return None
        if len(key) > MAX_KEY or not key.isprintable():
            raise Problem("invalid", fields={"Idempotency-Key": f"Use at most {MAX_KEY} printable characters."})
        text = json.dumps(request, sort_keys=True, default=str)
        return cls(str(scope), key, hashlib.sha256(text.encode()).hexdigest())


def find(wanted: Idempotency | None) -> UUID | None:
    """The id of what this key made before, or None. Raises Problem("idempotency_key_reused") for another body."""
    if wanted is None:
        return None
    row = IdempotencyKey.objects.filter(scope=wanted.scope, key=wanted.key).first()
    if row is None:
        return None
    if row.request_hash != wanted.request_hash:
        raise Problem("idempotency_key_reused")
    return row.resource_id


def made_by(scope: str | UUID, key: str) -> UUID | None:
    """The id of what was made under a key, whatever the body was: for a form that knows its own secret key."""
    return IdempotencyKey.objects.filter(scope=str(scope), key=key).values_list("resource_id", flat=True).first()


def claim(wanted: Idempotency | None, *, kind: str, resource_id: UUID, now: datetime, status: int = 201) -> UUID | None:
    """Write the key with what is about to be made; the earlier resource's id if the key was used before.

    One statement for a new key. On PostgreSQL a second claim waits here until the first transaction ends.
    """
    if wanted is None:
        return None
    sqlite = connection.vendor == "sqlite"
    row = [
        wanted.scope,
        wanted.key,
        wanted.request_hash,
        kind,
        resource_id.hex if sqlite else resource_id,
        status,
        connection.ops.adapt_datetimefield_value(now),
    ]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, row)
        is_new = cursor.fetchone() is not None
    return None if is_new else find(wanted)


def purge(now: datetime) -> int:
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()[0]

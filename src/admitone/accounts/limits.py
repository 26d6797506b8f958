"""Rate limits of POST requests: fixed windows in one table, one UPSERT a request, shared by all processes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from admitone.accounts.models import RateCount
from admitone.logic.errors import Problem
from admitone.statements import unhurried

UPSERT = (
    "INSERT INTO accounts_ratecount (bucket, count, expires_at) VALUES (%s, 1, %s) "
    "ON CONFLICT (bucket) DO UPDATE SET count = accounts_ratecount.count + 1 RETURNING count"
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """For the RateLimit headers: requests a window, how many are left, seconds until the window ends."""

    limit: int
    remaining: int
    reset: int


def hit(*, name: str, subject: str, limit: int, window_seconds: int, now: datetime) -> Allowance:
    """Count one request. Raises Problem("rate_limited", retry_after=seconds) above `limit` in this window."""
    stamp = int(now.timestamp())
    ends = stamp - stamp % window_seconds + window_seconds
    expires = connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(ends, UTC))
    count = _count(f"{name}:{_short(subject)}:{ends}", expires)
    if count > limit:
        raise Problem("rate_limited", retry_after=ends - stamp)
    return Allowance(limit, limit - count, ends - stamp)


def _count(bucket: str, expires: Any) -> int:
    """One more. Nobody waits for the disk: after a power cut a window may have begun anew."""
    with unhurried(), connection.cursor() as cursor:
        cursor.execute(UPSERT, [bucket, expires])
        return int(cursor.fetchone()[0])


def _short(subject: str) -> str:
    """The subject itself if it is short and plain, else its hash: a cut one would share its window, or never end it."""
    plain = len(subject) <= 64 and subject.isascii() and subject.isprintable()
    return subject if plain else hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()


def purge(now: datetime) -> int:
    """Drop windows that ended an hour ago."""
    return RateCount.objects.filter(expires_at__lt=now - timedelta(hours=1)).delete()[0]

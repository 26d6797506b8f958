"""Instants as integers: whole minutes since 1970-01-01T00:00Z, the unit of slots and bookings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def to_min_floor(at: datetime) -> int:
    """Epoch minute at or before `at` (aware)."""
    return (at - EPOCH) // MINUTE


def to_min_ceil(at: datetime) -> int:
    """Epoch minute at or after `at` (aware)."""
    return -((EPOCH - at) // MINUTE)


def from_min(minute: int) -> datetime:
    """The UTC datetime of an epoch minute."""
    return EPOCH + minute * MINUTE


def iso(at: datetime) -> str:
    """RFC 3339 with `Z`, the one spelling of instants in JSON: 2026-11-06T14:00:00Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=1 << 15)
def iso_min(minute: int) -> str:
    """The same of an epoch minute; a list of open times is written over and over."""
    return iso(from_min(minute))

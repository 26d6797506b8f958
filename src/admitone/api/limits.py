"""Rate limits of the API: writes are counted in the database, reads in this process alone (a GET writes nothing)."""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from django.conf import settings

from admitone.accounts.limits import Allowance, hit
from admitone.logic.errors import Problem

WINDOW = 60

_lock = Lock()
_counts: dict[str, int] = {}
_window = 0


def count_write(subject: str, now: datetime) -> Allowance:
    """Problem("rate_limited") above ADMITONE_POST_LIMIT writes a minute by one key or address; one statement."""
    return hit(name="api", subject=subject, limit=settings.ENV.post_limit, window_seconds=WINDOW, now=now)


def count_read(subject: str, now: datetime) -> Allowance:
    """Problem("rate_limited") above ADMITONE_GET_LIMIT reads a minute by one address."""
    global _window
    stamp = int(now.timestamp())
    window, left, limit = stamp // WINDOW, WINDOW - stamp % WINDOW, settings.ENV.get_limit
    with _lock:
        if window != _window:
            _counts.clear()
            _window = window
        _counts[subject] = count = _counts.get(subject, 0) + 1
    if count > limit:
        raise Problem("rate_limited", retry_after=left)
    return Allowance(limit, limit - count, left)


def forget() -> None:
    """Start counting reads anew."""
    with _lock:
        _counts.clear()

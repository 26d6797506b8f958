"""Background work of calls: old ones are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from admitone.calls.models import IncomingCall
from admitone.jobs import periodic

KEPT = timedelta(days=7)


@periodic(every=24 * 60)
def purge_calls(*, now: datetime) -> None:
    IncomingCall.objects.filter(at__lt=now - KEPT).delete()

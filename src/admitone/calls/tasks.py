"""Jobs: decide about calls of which nothing more was heard, and forget the old ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from admitone.calls.models import IncomingCall
from admitone.jobs import periodic, task

KEPT = timedelta(days=7)


@task()
def decide(*, call_id: int, now: datetime) -> None:
    """Still ringing long after it rang: the caller hung up, and the provider was not asked to tell us."""
    from admitone.calls.missing import over

    call = IncomingCall.objects.select_related("account").filter(pk=call_id, state="ringing").first()
    if call is not None:
        over(account=call.account, call_id=call.provider_id, outcome="canceled", now=now)


@periodic(every=24 * 60)
def purge_calls(*, now: datetime) -> None:
    IncomingCall.objects.filter(at__lt=now - KEPT).delete()

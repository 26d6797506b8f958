"""Background work of links."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from admitone.events import SYSTEM, record_many
from admitone.jobs import periodic
from admitone.links.models import OneTimeLink
from admitone.links.services.issuing import event_of

UNDO = timedelta(days=30)
BATCH = 500


@periodic(every=timedelta(days=1), name="links.purge")
def purge(*, now: datetime) -> None:
    """Remove links that were deleted, unused, more than 30 days ago; until then a deletion can be undone."""
    while _purge_some(now) == BATCH:
        pass


@transaction.atomic
def _purge_some(now: datetime) -> int:
    gone = OneTimeLink.objects.filter(uses=0, deleted_at__lt=now - UNDO).order_by("id")[:BATCH]
    links = list(gone.select_for_update())
    record_many([event_of(link, "one_time_link.purged", SYSTEM, now) for link in links])
    OneTimeLink.objects.filter(id__in=[link.id for link in links]).delete()
    return len(links)

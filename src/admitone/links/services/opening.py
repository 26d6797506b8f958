"""Signs of life of a link: probably opened (after a human gesture), all offered times gone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admitone.events import GUEST, record_many
from admitone.links.models import OneTimeLink
from admitone.links.queries import link_id_of
from admitone.links.services.issuing import event_of


@transaction.atomic
def mark_opened(*, token: str, now: datetime) -> bool:
    """Note the first human gesture on the page; never called by GET. False when it had been noted before."""
    link_id = link_id_of(token)
    if not OneTimeLink.objects.filter(id=link_id, opened_at=None).update(opened_at=now):
        return False
    record_many([event_of(OneTimeLink.objects.get(id=link_id), "one_time_link.opened", GUEST, now)])
    return True


@transaction.atomic
def tell_offered_gone(*, token: str, now: datetime) -> bool:
    """Tell the owner, once, that none of the link's offered times is left."""
    link_id = link_id_of(token)
    if not OneTimeLink.objects.filter(id=link_id, gone_told_at=None, offered__isnull=False).update(gone_told_at=now):
        return False
    record_many([event_of(OneTimeLink.objects.get(id=link_id), "one_time_link.offered_gone", GUEST, now)])
    return True

"""Signs of life of a link: probably opened (after a human gesture), all offered times gone, about to expire, expired."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Value

from admitone.events import GUEST, SYSTEM, record_many
from admitone.links.models import ExpiryNotice, OneTimeLink
from admitone.links.queries import link_id_of
from admitone.links.services.issuing import event_of

#: A notice that could not be given in time is given within a day, or not at all.
CATCH_UP = timedelta(days=1)


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


@transaction.atomic
def tell_expired(*, now: datetime, limit: int = 500) -> int:
    """Record, once per link, that its expiry passed while it could still have been used; how many there were."""
    rows = OneTimeLink.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    due = rows.filter(expires_at__lte=now, expired_told_at=None, deleted_at=None, uses__lt=F("max_uses"))
    links = list(due.order_by("expires_at")[:limit])
    OneTimeLink.objects.filter(id__in=[link.id for link in links]).update(expired_told_at=now)
    record_many([event_of(link, "one_time_link.expired", SYSTEM, now) for link in links])
    return len(links)


@transaction.atomic
def tell_expiring(*, account_id: UUID, hours: int, now: datetime, limit: int = 500) -> int:
    """Record, once per link and lead time, that an unused link expires within `hours`; how many there were.

    A link that was made later than that ahead of its expiry is left out: its life is shorter than the lead.
    """
    lead = timedelta(hours=hours)
    moment = ExpressionWrapper(F("expires_at") - Value(lead), output_field=DateTimeField())
    skip = connection.features.has_select_for_update_skip_locked
    unused = OneTimeLink.objects.select_for_update(of=("self",), skip_locked=skip).filter(
        account_id=account_id,
        expired_told_at=None,
        deleted_at=None,
        uses__lt=F("max_uses"),
        calendar__deleted_at=None,
        group__deleted_at=None,
    )
    due = unused.filter(
        expires_at__gt=max(now, now + lead - CATCH_UP), expires_at__lte=now + lead, created_at__lte=moment
    ).exclude(expiry_notices__hours=hours)
    links = list(due.order_by("expires_at")[:limit])
    ExpiryNotice.objects.bulk_create([ExpiryNotice(link=link, hours=hours, at=now) for link in links])
    record_many([event_of(link, "one_time_link.expiring", SYSTEM, now, hours=hours) for link in links])
    return len(links)

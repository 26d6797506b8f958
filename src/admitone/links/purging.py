"""What was deleted 30 days ago goes for good: unused links, calendars and groups that nobody ever booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet

from admitone.booking.models import Booking, Session, WaitlistEntry
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.events import SYSTEM, Draft, record_many
from admitone.links.models import Batch, OneTimeLink
from admitone.links.services.issuing import event_of

#: So long a deletion can be undone.
UNDO = timedelta(days=30)
Row = TypeVar("Row", bound=Model)


@transaction.atomic
def purge_links(*, now: datetime, limit: int) -> int:
    """Remove up to `limit` links that were deleted unused; how many."""
    found = _locked(OneTimeLink.objects.filter(uses=0, deleted_at__lt=now - UNDO), limit)
    _drop_links(found, now)
    return len(found)


@transaction.atomic
def purge_calendars(*, now: datetime, limit: int) -> int:
    """Remove up to `limit` calendars with their unused links; how many. One that has appointments, used links or a waiting
    list stays hidden, so that those can still be read."""
    own = OuterRef("id")
    rows = Calendar.objects.filter(deleted_at__lt=now - UNDO).exclude(
        Exists(Booking.objects.filter(calendar=own))
        | Exists(Session.objects.filter(calendar=own))
        | Exists(WaitlistEntry.objects.filter(calendar=own))
        | Exists(OneTimeLink.objects.filter(calendar=own, uses__gt=0))
    )
    found = _locked(rows, limit)
    ids = [one.id for one in found]
    _drop_links(OneTimeLink.objects.select_for_update().filter(calendar__in=ids), now)
    Batch.objects.filter(calendar__in=ids).delete()
    record_many(
        [
            Draft(one.account_id, SYSTEM, now, "calendar.purged", "calendar", one.id, {"calendar": str(one.id)})
            for one in found
        ]
    )
    Calendar.objects.filter(id__in=ids).delete()
    return len(found)


@transaction.atomic
def purge_groups(*, now: datetime, limit: int) -> int:
    """The same of groups; their calendars belong to no group then."""
    used = OneTimeLink.objects.filter(uses__gt=0, group=OuterRef("id"))
    found = _locked(CalendarGroup.objects.filter(deleted_at__lt=now - UNDO).exclude(Exists(used)), limit)
    ids = [one.id for one in found]
    _drop_links(OneTimeLink.objects.select_for_update().filter(group__in=ids), now)
    Batch.objects.filter(group__in=ids).delete()
    record_many(
        [
            Draft(
                one.account_id, SYSTEM, now, "calendar_group.purged", "calendar_group", one.id, {"group": str(one.id)}
            )
            for one in found
        ]
    )
    CalendarGroup.objects.filter(id__in=ids).delete()
    return len(found)


def _locked(rows: QuerySet[Row], limit: int) -> list[Row]:
    return list(rows.order_by("pk").select_for_update()[:limit])


def _drop_links(links: list[OneTimeLink] | QuerySet[OneTimeLink], now: datetime) -> None:
    found = list(links)
    record_many([event_of(link, "one_time_link.purged", SYSTEM, now) for link in found])
    OneTimeLink.objects.filter(id__in=[link.id for link in found]).delete()

"""The local dates of appointments, by which days are counted, after their schedule's zone has changed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from admitone.booking.models import Booking
from admitone.booking.queries import local_day
from admitone.calendars.models import Calendar


@transaction.atomic
def date_anew(*, calendar_id: UUID, after: UUID | None, limit: int) -> UUID | None:
    """Date the next `limit` appointments after that one, in the order of their ids; the last one's id, None at the end.

    Whoever books or moves meanwhile dates by the zone that the calendar has by then.
    """
    calendar = Calendar.objects.get(id=calendar_id)
    rows = Booking.objects.filter(calendar=calendar_id).order_by("id").select_for_update(no_key=True)
    found = list((rows.filter(id__gt=after) if after else rows)[:limit])
    stale = [one for one in found if one.local_date != local_day(calendar.compiled, one.start_min)]
    for one in stale:
        one.local_date = local_day(calendar.compiled, one.start_min)
    Booking.objects.bulk_update(stale, ["local_date"])
    return found[-1].id if len(found) == limit else None

"""Who can take appointments in the account."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from ninja import Router

from admitone.api.call import ApiRequest, account_of
from admitone.api.fields import Id, Out
from admitone.calendars import queries
from admitone.calendars.models import CalendarHost

router = Router(tags=["Calendars"])


class Host(Out):
    """Somebody who can be booked; `calendars` are the ids of this account's that they take appointments of."""

    id: Id
    name: str
    email: str
    video_url: str
    calendars: list[Id]


class Hosts(Out):
    """All hosts of the account, by name."""

    items: list[Host]


@router.get("", response=Hosts, summary="List hosts")
def list_hosts(request: ApiRequest) -> dict[str, Any]:
    """Members of the account, and people who take appointments of its calendars."""
    account = account_of(request)
    places = CalendarHost.objects.filter(calendar__account=account, calendar__deleted_at=None).order_by("calendar_id")
    rows = queries.hosts_for(account).prefetch_related(Prefetch("calendar_hosts", places))
    return {
        "items": [
            {
                "id": str(host.id),
                "name": host.name,
                "email": host.email,
                "video_url": host.video_url,
                "calendars": [str(place.calendar_id) for place in host.calendar_hosts.all()],
            }
            for host in rows
        ]
    }

"""Who can take appointments in the account."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Prefetch
from ninja import Router
from pydantic import Field

from admitone.accounts.queries import as_uuid
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import Body, Id, Out, example
from admitone.api.openapi import refuses
from admitone.calendars import queries, services
from admitone.calendars.models import CalendarHost
from admitone.calendars.models import Host as HostRow
from admitone.logic.errors import Problem

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


class HostChanges(Body):
    """Only what is to change."""

    model_config = example(video_url="https://meet.example.org/ada")

    video_url: Annotated[
        str | None, Field(max_length=500, description="Their own room (https), for calendars of location_kind `host`.")
    ] = None


@router.get("", response=Hosts, summary="List hosts")
def list_hosts(request: ApiRequest) -> dict[str, Any]:
    """Members of the account, and people who take appointments of its calendars."""
    account = account_of(request)
    places = CalendarHost.objects.filter(calendar__account=account, calendar__deleted_at=None).order_by("calendar_id")
    rows = queries.hosts_for(account).prefetch_related(Prefetch("calendar_hosts", places))
    return {"items": [shown(host) for host in rows]}


@router.patch("/{host_id}", response=Host, openapi_extra=refuses("invalid", "not_found"), summary="Change a host")
def change_host(request: ApiRequest, host_id: str, payload: HostChanges) -> dict[str, Any]:
    """Appointments that are booked already keep the room they were given."""
    account, key = account_of(request), as_uuid(host_id)
    if key is None:
        raise Problem("not_found")
    if payload.video_url is not None:
        services.set_video_room(
            account=account,
            host_id=key,
            actor=actor_of(request),
            now=request.call.now,
            video_url=payload.video_url,
        )
    found = next((host for host in list_hosts(request)["items"] if host["id"] == str(key)), None)
    if found is None:
        raise Problem("not_found")
    return found


def shown(host: HostRow) -> dict[str, Any]:
    """A host with their `calendar_hosts` prefetched."""
    return {
        "id": str(host.id),
        "name": host.name,
        "email": host.email,
        "video_url": host.video_url,
        "calendars": [str(place.calendar_id) for place in host.calendar_hosts.all()],
    }

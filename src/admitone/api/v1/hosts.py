"""Who can take appointments in the account."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from ninja import Router
from pydantic import Field

from admitone.accounts.queries import as_uuid
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import Body, Email, Id, Label, Out, example
from admitone.api.openapi import refuses
from admitone.booking.services import remove_host
from admitone.calendars import queries, services
from admitone.calendars.models import CalendarHost
from admitone.calendars.models import Host as HostRow
from admitone.logic.errors import Problem

router = Router(tags=["Calendars"])
Room = Annotated[
    str, Field(max_length=500, description="Their own room (https), for calendars of location_kind `host`.")
]


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
    """Only what is to change. Name and address of somebody who signs in are changed by themselves."""

    model_config = example(video_url="https://meet.example.org/ada")

    name: Label | None = None
    email: Email | None = None
    video_url: Room | None = None


class NewHost(Body):
    """Somebody who takes appointments and does not sign in; who does is invited on Settings > Team. Their hours are said
    in each calendar's `hosts`."""

    model_config = example(name="Dr. Ada Klein", email="ada.klein@example.com")

    name: Label
    email: Email | None = None
    video_url: Room | None = None


@router.get("", response=Hosts, summary="List hosts")
def list_hosts(request: ApiRequest) -> dict[str, Any]:
    """Members of the account, people who take appointments of its calendars, and those who were made here."""
    account = account_of(request)
    places = CalendarHost.objects.filter(calendar__account=account, calendar__deleted_at=None).order_by("calendar_id")
    rows = queries.hosts_for(account).prefetch_related(Prefetch("calendar_hosts", places))
    return {"items": [shown(host) for host in rows]}


@router.get("/{host_id}", response=Host, summary="Read a host")
def get_host(request: ApiRequest, host_id: str) -> dict[str, Any]:
    return _listed(request, key_of(host_id))


@router.post("", response={201: Host}, summary="Make a host")
def create_host(request: ApiRequest, payload: NewHost) -> dict[str, Any]:
    """Somebody who can be booked at once, in the `hosts` of any calendar of the account."""
    with transaction.atomic():
        host = services.create_host(**_who(request), name=payload.name, email=payload.email or "")
        if payload.video_url:
            services.set_video_room(**_who(request), host_id=host.id, video_url=payload.video_url)
    return _listed(request, host.id)


@router.patch("/{host_id}", response=Host, openapi_extra=refuses("invalid", "not_found"), summary="Change a host")
def change_host(request: ApiRequest, host_id: str, payload: HostChanges) -> dict[str, Any]:
    """Appointments that are booked already keep the room they were given."""
    key = key_of(host_id)
    before = _listed(request, key)
    with transaction.atomic():
        if payload.name is not None or payload.email is not None:
            name = before["name"] if payload.name is None else payload.name
            email = before["email"] if payload.email is None else payload.email
            services.update_host(**_who(request), host_id=key, name=name, email=email)
        if payload.video_url is not None:
            services.set_video_room(**_who(request), host_id=key, video_url=payload.video_url)
    return _listed(request, key)


@router.delete(
    "/{host_id}",
    response={204: None},
    openapi_extra=refuses("host_in_use", "not_found"),
    summary="Delete a host",
)
def delete_host(request: ApiRequest, host_id: str) -> None:
    """Refused while a calendar has them or they have appointments ahead; past ones keep them. Members leave by the team's
    page. Undo with `POST /hosts/{host_id}/restoration`."""
    remove_host(**_who(request), host_id=key_of(host_id))


@router.post("/{host_id}/restoration", response={201: Host}, summary="Restore a deleted host")
def restore_host(request: ApiRequest, host_id: str) -> dict[str, Any]:
    """By their id. Who is there already stays as they are."""
    host = services.restore_host(**_who(request), host_id=key_of(host_id))
    return _listed(request, host.id)


def key_of(host_id: str) -> UUID:
    key = as_uuid(host_id)
    if key is None:
        raise Problem("not_found")
    return key


def _who(request: ApiRequest) -> dict[str, Any]:
    return {"account": account_of(request), "actor": actor_of(request), "now": request.call.now}


def _listed(request: ApiRequest, key: UUID) -> dict[str, Any]:
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

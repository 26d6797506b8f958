"""Connected calendars of hosts: what blocks, what is written to; and busy sources of every kind. Keys need the scope admin."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.limits import hit
from admitone.accounts.queries import as_uuid, get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Id, Limit, Name, Out, Reference, example, plain_line
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED
from admitone.calendars import services
from admitone.calendars.models import BusySource
from admitone.integrations import connecting, connections
from admitone.logic.clock import iso
from admitone.logic.errors import Problem

router = Router(tags=["Connections"])
busy = Router(tags=["Connections"])
AN_HOUR = 60
State = Literal["ok", "unread", "failed"]


class RemoteCalendarOut(Out):
    """A calendar of the connection. `blocks`: its appointments block the host."""

    id: Id
    name: str
    writable: bool
    blocks: bool
    write_to: bool
    read_at: At | None
    error: str


class ConnectionOut(Out):
    """A host's sign-in at a calendar server, without its secrets."""

    id: Id
    kind: str
    name: str
    login: str
    host: Id
    state: State
    error: str
    calendars: list[RemoteCalendarOut]
    created_at: At


class Connections(Out):
    """A page of connections, the newest first."""

    items: list[ConnectionOut]
    next_cursor: str | None


class BusySourceOut(Out):
    """Where a host's other appointments are read from."""

    id: Id
    kind: str
    name: str
    host: Id
    state: State
    error: str
    read_at: At | None
    created_at: At


class BusySources(Out):
    """A page of busy sources, the newest first."""

    items: list[BusySourceOut]
    next_cursor: str | None


class Page(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class NewFeed(Body):
    """An iCalendar feed (ICS) of a host's other appointments."""

    model_config = example(
        host="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f", url="https://example.com/secret/ada.ics", name="Private"
    )

    host: Annotated[Reference, Field(description="Id.")]
    url: Annotated[str, Field(min_length=1, max_length=900)]
    name: Name = ""


class NewCalDav(Body):
    """A sign-in at a CalDAV server: its address, or that of one calendar."""

    model_config = example(
        host="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f",
        url="https://caldav.fastmail.com/",
        user="ada@example.com",
        password="app-password",  # noqa: S106 - an example
    )

    host: Annotated[Reference, Field(description="Id.")]
    url: Annotated[str, Field(min_length=1, max_length=900)]
    user: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=254)]
    name: Name = ""


class Choices(Body):
    """What is not named stays. `write_to` null: appointments are written nowhere."""

    model_config = example(blocks=["01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"], write_to=None)

    blocks: Annotated[list[UUID], Field(max_length=100)] = Field(default_factory=list)
    write_to: UUID | None = None


class Ending(BaseModel):
    """How to disconnect."""

    remove_entries: bool = Field(False, description="Delete the entries of upcoming appointments there.")


def admin(request: ApiRequest) -> None:
    """A key for daily work may not point appointments, with what guests typed, at another server."""
    if "admin" not in request.auth.scopes:
        raise Problem("forbidden", "This key lacks the scope admin.")


@router.get("", response=Connections, summary="List connections")
def list_connections(request: ApiRequest, wanted: Page = WANTED) -> dict[str, Any]:
    admin(request)
    rows = connections.connections(account_of(request))
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [connections.connection_view(row) for row in found], "next_cursor": cursor}


@router.post("/caldav", response={201: ConnectionOut}, openapi_extra=refuses("not_found"), summary="Connect by CalDAV")
def connect_caldav(request: ApiRequest, payload: NewCalDav) -> dict[str, Any]:
    """The server is asked at once. Nothing blocks and nothing is written before calendars are chosen."""
    admin(request)
    account, host = account_of(request), as_uuid(payload.host)
    if host is None:
        raise Problem("not_found")
    count(request)
    row = connecting.connect_caldav(
        account=account,
        host_id=host,
        **cleaned(payload),
        name=payload.name,
        actor=actor_of(request),
        now=request.call.now,
    )
    return connections.connection_view(connections.connection(account, row.id))


@router.get("/{connection_id}", response=ConnectionOut, summary="Read a connection")
def get_connection(request: ApiRequest, connection_id: str) -> dict[str, Any]:
    admin(request)
    return connections.connection_view(connections.connection(account_of(request), connection_id))


@router.patch("/{connection_id}", response=ConnectionOut, summary="Choose calendars")
def change_connection(request: ApiRequest, connection_id: str, payload: Choices) -> dict[str, Any]:
    """Upcoming appointments move along with `write_to`. A calendar that begins to block closes its host until it is read."""
    admin(request)
    account = account_of(request)
    row = connections.connection(account, connection_id)
    named = payload.model_fields_set
    connecting.choose(
        account=account,
        connection_id=row.id,
        blocks=payload.blocks if "blocks" in named else None,
        write_to=(payload.write_to or "") if "write_to" in named else None,
        actor=actor_of(request),
        now=request.call.now,
    )
    return connections.connection_view(connections.connection(account, row.id))


@router.post("/{connection_id}/readings", response={201: ConnectionOut}, summary="Read a connection's calendars now")
def read_connection(request: ApiRequest, connection_id: str) -> dict[str, Any]:
    """Lists its calendars, reads those that block, and writes what could not be written."""
    admin(request)
    account = account_of(request)
    row = connections.connection(account, connection_id)
    count(request)
    return connections.connection_view(connecting.refresh(account=account, connection_id=row.id, now=request.call.now))


@router.delete("/{connection_id}", response={204: None}, summary="Disconnect")
def disconnect(request: ApiRequest, connection_id: str, wanted: Ending = WANTED) -> None:
    """What its calendars blocked is free again, and its secrets are forgotten."""
    admin(request)
    account = account_of(request)
    row = connections.connection(account, connection_id)
    connecting.disconnect(
        account=account,
        connection_id=row.id,
        remove_entries=wanted.remove_entries,
        actor=actor_of(request),
        now=request.call.now,
    )


@busy.get("", response=BusySources, summary="List busy sources")
def list_busy_sources(request: ApiRequest, wanted: Page = WANTED) -> dict[str, Any]:
    """Feeds and calendars of connections, with whether they can be read: one that cannot closes its host."""
    admin(request)
    rows = BusySource.objects.filter(account=account_of(request))
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [source_view(row) for row in found], "next_cursor": cursor}


@busy.post("", response={201: BusySourceOut}, openapi_extra=refuses("not_found"), summary="Read a host's feed")
def create_busy_source(request: ApiRequest, payload: NewFeed) -> dict[str, Any]:
    """It is read in the background at once; until the first success the host counts as busy."""
    admin(request)
    count(request)
    made = services.add_busy_source(
        account=account_of(request),
        host_id=_key(payload.host),
        kind="ics",
        config={"url": payload.url},
        name=payload.name,
        actor=actor_of(request),
        now=request.call.now,
    )
    return source_view(made)


@busy.delete("/{source_id}", response={204: None}, summary="Forget a feed")
def delete_busy_source(request: ApiRequest, source_id: str) -> None:
    """With what it blocked. Feeds alone: which calendars of a connection block is chosen there."""
    admin(request)
    source = get(account_of(request), BusySource, source_id)
    if source.kind != "ics":
        raise Problem("not_found")
    services.delete_busy_source(
        account=source.account, source_id=source.id, actor=actor_of(request), now=request.call.now
    )


def _key(host: str) -> UUID:
    key = as_uuid(host)
    if key is None:
        raise Problem("not_found")
    return key


def source_view(row: BusySource) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "host": str(row.host_id),
        "state": "failed" if row.error else "ok" if row.fetched_at else "unread",
        "error": row.error,
        "read_at": iso(row.fetched_at) if row.fetched_at else None,
        "created_at": iso(row.created_at),
    }


def count(request: ApiRequest) -> None:
    subject = str(account_of(request).pk)
    hit(name="connect", subject=subject, limit=AN_HOUR, window_seconds=3600, now=request.call.now)


def cleaned(payload: NewCalDav) -> dict[str, str]:
    """Control characters are refused before anything is looked at."""
    found = {"url": payload.url, "user": payload.user, "password": payload.password}
    for name, value in found.items():
        try:
            plain_line(value)
        except ValueError as error:
            raise Problem("invalid", fields={name: str(error)}) from error
    return found

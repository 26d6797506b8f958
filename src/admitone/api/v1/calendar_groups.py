"""Groups of calendars: which belong, in which order, and where their page is."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.addresses import group_url
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import Body, Flag, Id, Label, Limit, Out, Reference, Text, Url, example
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED
from admitone.calendars import groups, queries, services
from admitone.calendars.models import CalendarGroup
from admitone.calendars.services.groups import MAX_MEMBERS
from admitone.logic.errors import Problem

router = Router(tags=["Calendar groups"])


class GroupOut(Out):
    """A group; `calendars` are ids in the order of its page, paused ones too."""

    id: Id
    slug: str
    name: str
    description: str
    active: bool
    calendars: list[Id]
    url: Url


class GroupChanges(Body):
    """What is not named stays. `calendars` is the whole list; a calendar of another group leaves that one."""

    model_config = example(name="Consultations", active=True)

    name: Label | None = None
    slug: Annotated[str, Field(max_length=60)] | None = None
    description: Annotated[Text, Field(max_length=2000)] | None = None
    active: Flag | None = None
    calendars: (
        Annotated[list[Reference], Field(max_length=MAX_MEMBERS, description="Ids or slugs, in order.")] | None
    ) = None


class NewGroup(GroupChanges):
    """A group. Without `slug` one is made from the name."""

    model_config = example(name="Consultations")

    name: Label


class Groups(Out):
    """A page of groups, the newest first."""

    items: list[GroupOut]
    next_cursor: str | None


class GroupFilter(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


@router.get("", response=Groups, summary="List calendar groups")
def list_calendar_groups(request: ApiRequest, wanted: GroupFilter = WANTED) -> dict[str, Any]:
    rows = CalendarGroup.objects.filter(account=account_of(request), deleted_at=None).select_related("account")
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(group) for group in found], "next_cursor": cursor}


@router.post(
    "", response={201: GroupOut}, openapi_extra=refuses("slug_taken", "not_found"), summary="Make a calendar group"
)
def create_calendar_group(request: ApiRequest, payload: NewGroup) -> dict[str, Any]:
    account = account_of(request)
    group = services.create_group(
        account=account,
        actor=actor_of(request),
        now=request.call.now,
        name=payload.name,
        description=payload.description or "",
        slug=payload.slug or "",
        calendars=members_of(account, payload.calendars) or (),
        active=payload.active is not False,
    )
    return shown(group)


@router.get("/{group_id}", response=GroupOut, summary="Read a calendar group")
def get_calendar_group(request: ApiRequest, group_id: str) -> dict[str, Any]:
    """By its id or slug."""
    return shown(queries.group_by_id_or_slug(account_of(request), group_id))


@router.patch(
    "/{group_id}",
    response=GroupOut,
    openapi_extra=refuses("slug_taken", "not_found"),
    summary="Change a calendar group",
)
def change_calendar_group(request: ApiRequest, group_id: str, payload: GroupChanges) -> dict[str, Any]:
    """By its id or slug. `active: false` pauses its page and its links; its calendars go on by themselves."""
    account = account_of(request)
    fields = {name: value for name in ("name", "slug", "description") if (value := getattr(payload, name)) is not None}
    group = services.amend_group(
        account=account,
        group_id=queries.group_by_id_or_slug(account, group_id).id,
        actor=actor_of(request),
        now=request.call.now,
        fields=fields,
        calendars=members_of(account, payload.calendars),
        active=payload.active,
    )
    return shown(group)


@router.delete("/{group_id}", response={204: None}, summary="Delete a calendar group")
def delete_calendar_group(request: ApiRequest, group_id: str) -> None:
    """Its page and links close, its calendars stay as they are; undo with
    `POST /calendar-groups/{group_id}/restoration`."""
    account = account_of(request)
    group = queries.group_by_id_or_slug(account, group_id)
    services.delete_group(account=account, group_id=group.id, actor=actor_of(request), now=request.call.now)


@router.post("/{group_id}/restoration", response={201: GroupOut}, summary="Restore a deleted calendar group")
def restore_calendar_group(request: ApiRequest, group_id: str) -> dict[str, Any]:
    """By its id, with its links. One that is there already stays as it is."""
    account, key = account_of(request), as_uuid(group_id)
    if key is None:
        raise Problem("not_found")
    return shown(services.restore_group(account=account, group_id=key, actor=actor_of(request), now=request.call.now))


def members_of(account: Account, references: list[str] | None) -> list[UUID] | None:
    return None if references is None else [queries.by_id_or_slug(account, one).id for one in references]


def shown(group: CalendarGroup) -> dict[str, Any]:
    return {
        "id": str(group.id),
        "slug": group.slug,
        "name": group.name,
        "description": group.description,
        "active": group.active,
        "calendars": [str(key) for key in groups.members(group).values_list("id", flat=True)],
        "url": group_url(group.account.slug, group.slug),
    }

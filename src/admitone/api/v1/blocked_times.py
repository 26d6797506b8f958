"""Blocked times: list, make, remove."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.queries import as_uuid, get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Id, Limit, Minute, Name, Out, Reference, example
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED, times
from admitone.calendars import queries, services
from admitone.calendars.models import BlockedTime
from admitone.logic.errors import Problem

router = Router(tags=["Blocked times"])


class BlockedTimeOut(Out):
    """Time that nobody can book: of a host in every calendar, or of one calendar."""

    id: Id
    host: Id | None
    calendar: Id | None
    start: At
    end: At
    note: str


class BlockedTimes(Out):
    """A page of blocked times, the newest first."""

    items: list[BlockedTimeOut]
    next_cursor: str | None


class BlockedPage(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class NewBlockedTime(Body):
    """Of exactly one of `host` and `calendar`."""

    model_config = example(
        calendar="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f",
        start="2026-11-06T14:00:00Z",
        end="2026-11-06T15:00:00Z",
        note="Dentist",
    )

    host: Annotated[Reference, Field(description="Id.")] | None = None
    calendar: Annotated[Reference, Field(description="Id or slug.")] | None = None
    start: Minute
    end: Minute
    note: Name = ""


@router.get("", response=BlockedTimes, summary="List blocked times")
def list_blocked_times(request: ApiRequest, wanted: BlockedPage = WANTED) -> dict[str, Any]:
    rows = queries.blocked_times(account_of(request)).order_by("-id")
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(one) for one in found], "next_cursor": cursor}


@router.get("/{block_id}", response=BlockedTimeOut, summary="Read a blocked time")
def get_blocked_time(request: ApiRequest, block_id: str) -> dict[str, Any]:
    return shown(get(account_of(request), BlockedTime, block_id))


@router.post("", response={201: BlockedTimeOut}, openapi_extra=refuses("not_found"), summary="Block time")
def create_blocked_time(request: ApiRequest, payload: NewBlockedTime) -> dict[str, Any]:
    """Appointments that are there already stay."""
    account, host = account_of(request), as_uuid(payload.host) if payload.host else None
    if payload.host and host is None:
        raise Problem("not_found")
    calendar = queries.by_id_or_slug(account, payload.calendar).id if payload.calendar else None
    made = services.block_time(
        account=account,
        actor=actor_of(request),
        now=request.call.now,
        host_id=host,
        calendar_id=calendar,
        start=payload.start,
        end=payload.end,
        note=payload.note,
    )
    return shown(made)


@router.delete("/{block_id}", response={204: None}, summary="Free blocked time")
def delete_blocked_time(request: ApiRequest, block_id: str) -> None:
    account = account_of(request)
    block = get(account, BlockedTime, block_id)
    services.unblock_time(account=account, block_id=block.id, actor=actor_of(request), now=request.call.now)


def shown(one: BlockedTime) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "host": str(one.host_id) if one.host_id else None,
        "calendar": str(one.calendar_id) if one.calendar_id else None,
        **times(one.start_min, one.end_min),
        "note": one.note,
    }

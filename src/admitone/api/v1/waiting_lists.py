"""Waiting lists of full times: join as anybody, see and change as their owner."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field, StrictInt

from admitone.accounts.addresses import waiting_url
from admitone.accounts.client import network_of
from admitone.accounts.queries import as_uuid, get
from admitone.api import paging
from admitone.api.auth import Visitor
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Email, Id, Language, Limit, Minute, Name, Out, Times, Url, Zone, example
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED, times
from admitone.booking.holds import waiting_list
from admitone.booking.models import WaitlistEntry
from admitone.booking.payload import waiting_view
from admitone.booking.services.waiting import clean_waiting, join, leave
from admitone.calendars.queries import by_id_or_slug, plan_by_id
from admitone.events import GUEST
from admitone.links.services.offering import offer_now
from admitone.logic.errors import Problem
from admitone.logic.party import MAX_PARTY

of_calendar = Router(tags=["Calendars"])
public = Router(tags=["Public: waiting lists"], auth=Visitor())
State = Literal["waiting", "offered", "booked", "expired", "left"]


class Waiting(Times):
    """Somebody who waits for a seat at a full time; `link` is the one-time link of the offer that was made."""

    id: Id
    calendar: Id
    contact: Id
    name: str
    email: str
    seats: int
    status: State
    link: Id | None
    created_at: At


class WaitingList(Out):
    """A page of entries: the earliest time first, each time's in the order of its line."""

    items: list[Waiting]
    next_cursor: str | None


class WaitingFilter(BaseModel):
    """Which entries to list."""

    status: State | None = None
    start: Minute | None = Field(None, description="The full time.")
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class NewWaiting(Body):
    """Who wants to be told when a seat at `start` becomes free."""

    model_config = example(start="2026-11-06T14:00:00Z", name="Ada Lovelace", email="ada@example.com")

    start: Minute
    name: Name
    email: Email
    party: Annotated[StrictInt, Field(ge=1, le=MAX_PARTY)] = Field(
        1, description="Places, as many as one booking may take."
    )
    timezone: Zone | None = None
    locale: Language | None = None


class Joined(Times):
    """A place in the line, which nobody is promised; `manage_url` is where its owner sees it and gives it up, null for
    somebody who waits already: theirs is in their mail."""

    id: Id
    status: State
    manage_url: Url | None


@of_calendar.get("/{calendar_id}/waitlist", response=WaitingList, summary="List who waits")
def list_waiting(request: ApiRequest, calendar_id: str, wanted: WaitingFilter = WANTED) -> dict[str, Any]:
    """For all times of a calendar, or for one."""
    account = account_of(request)
    rows = waiting_list(account, by_id_or_slug(account, calendar_id).id)
    rows = rows.filter(status=wanted.status) if wanted.status else rows
    rows = rows.filter(start_min=wanted.start) if wanted.start is not None else rows
    entries, cursor = paging.by_place(rows, wanted.cursor, wanted.limit)
    return {"items": [waiting_view(entry) for entry in entries], "next_cursor": cursor}


@of_calendar.delete("/{calendar_id}/waitlist/{entry_id}", response={204: None}, summary="Take somebody off the list")
def remove_waiting(request: ApiRequest, calendar_id: str, entry_id: str) -> None:
    """An offer is withdrawn with it. Doing it twice changes nothing."""
    entry = _entry(request, calendar_id, entry_id)
    leave(account_id=entry.account_id, entry_id=entry.id, actor=actor_of(request), now=request.call.now)


@of_calendar.post(
    "/{calendar_id}/waitlist/{entry_id}/offer",
    response={201: Waiting},
    openapi_extra=refuses("slot_taken"),
    summary="Offer a free seat now",
)
def offer_waiting(request: ApiRequest, calendar_id: str, entry_id: str) -> dict[str, Any]:
    """To this person, before others who have waited longer. Seats that become free are offered by themselves."""
    entry = _entry(request, calendar_id, entry_id)
    offer_now(account_id=entry.account_id, entry_id=entry.id, actor=actor_of(request), now=request.call.now)
    return waiting_view(_entry(request, calendar_id, entry_id))


@public.post(
    "/{calendar_id}/waitlist",
    response={201: Joined},
    openapi_extra=refuses("not_found", "waitlist_closed"),
    summary="Join a waiting list",
)
def join_waiting_list(request: Any, calendar_id: str, payload: NewWaiting) -> dict[str, Any]:
    """For a full time of a public calendar that keeps a list. Whoever waits already keeps their place."""
    key = as_uuid(calendar_id)
    plan = plan_by_id(key) if key else None
    if plan is None or plan.access != "public":
        raise Problem("not_found")
    guest = clean_waiting(plan, payload.model_dump(exclude_none=True))
    client = network_of(request.auth)
    entry = join(plan=plan, start=payload.start, guest=guest, actor=GUEST, now=request.call.now, client=client)
    spot = times(entry.start_min, entry.end_min)
    # An address is no proof of whose it is: only who made the place is given the way to it.
    url = waiting_url(entry.id) if entry.created_at == request.call.now else None
    return {**spot, "id": str(entry.id), "status": "waiting", "manage_url": url}


def _entry(request: ApiRequest, calendar_id: str, entry_id: str) -> WaitlistEntry:
    account = account_of(request)
    entry = get(account, WaitlistEntry, entry_id, "contact")
    if entry.calendar_id != by_id_or_slug(account, calendar_id).id:
        raise Problem("not_found")
    return entry

"""Contacts of the account: list, read, make, change."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.queries import as_uuid
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Email, Id, Instant, Limit, Line, Name, Out, Phone, Zone, example
from admitone.api.openapi import refuses
from admitone.api.v1.links import NewContact
from admitone.api.windows import WANTED
from admitone.booking.queries import contacts_ahead
from admitone.contacts import queries
from admitone.contacts.filters import NOBODY, Filters
from admitone.contacts.models import Contact
from admitone.contacts.payload import contact_view
from admitone.contacts.services import ensure_contact, update_contact

router = Router(tags=["Contacts"])


class ContactOut(Out):
    """A person the account deals with."""

    id: Id
    name: str
    email: str
    phone: str
    timezone: str
    locale: str
    source: str
    created_at: At
    owner: Id | None = Field(description="Who of the team looks after them.")
    custom: dict[str, str | int | float | bool] = Field(description="Custom values by key.")


class Contacts(Out):
    """A page of contacts, the newest first."""

    items: list[ContactOut]
    next_cursor: str | None


class ContactFilter(BaseModel):
    """Which contacts to list."""

    search: Name | None = Field(None, description="Part of a name, address or number.")
    tag: Line | None = Field(None, description="A tag's id or name.")
    owner: Line | None = Field(None, description="A user's id.")
    created_from: Instant | None = None
    created_to: Instant | None = Field(None, description="That instant not included.")
    upcoming: bool | None = Field(None, description="Has an appointment ahead, or none.")
    missing: Literal["email", "phone", "owner", "tag"] | None = Field(None, description="Those without it.")
    field: Line | None = Field(None, description="The key of a custom field; those who have a value.")
    value: Name | None = Field(None, description="With `field`: those who have this value.")
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50

    def filters(self) -> Filters:
        return Filters(
            search=self.search or "",
            tag=(as_uuid(self.tag) or NOBODY) if self.tag else None,
            owner=(as_uuid(self.owner) or NOBODY) if self.owner else None,
            since=self.created_from,
            until=self.created_to,
            missing=self.missing or "",
            field=self.field or "",
            value=self.value or "",
        )


class ContactChange(Body):
    """What is not named stays."""

    model_config = example(phone="+49 30 123456")

    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    timezone: Zone | None = None
    locale: Line | None = None


@router.get("", response=Contacts, summary="List contacts", openapi_extra=refuses("not_found"))
def list_contacts(request: ApiRequest, wanted: ContactFilter = WANTED) -> dict[str, Any]:
    account = account_of(request)
    if wanted.tag:
        wanted.tag = str(queries.tag_by_id_or_name(account, wanted.tag).id)
    rows = wanted.filters().rows(account)
    if wanted.upcoming is not None:
        ahead = contacts_ahead(account, request.call.now)
        rows = rows.filter(id__in=ahead) if wanted.upcoming else rows.exclude(id__in=ahead)
    contacts, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(contact) for contact in contacts], "next_cursor": cursor}


@router.get("/{contact_id}", response=ContactOut, summary="Read a contact")
def get_contact(request: ApiRequest, contact_id: str) -> dict[str, Any]:
    """410 `contact_merged` for one that was merged into another, whose id is `contact`."""
    return shown(queries.get(account_of(request), contact_id))


@router.post("", response={201: ContactOut}, summary="Make a contact")
def create_contact(request: ApiRequest, payload: NewContact) -> dict[str, Any]:
    """One contact for each address (without one, for each number): if it is known, that one is the answer, and what
    it already says about itself stays."""
    contact = ensure_contact(
        account=account_of(request),
        person=payload.model_dump(),
        source="api",
        actor=actor_of(request),
        now=request.call.now,
    )
    return shown(contact)


@router.patch("/{contact_id}", response=ContactOut, summary="Change a contact")
def change_contact(request: ApiRequest, contact_id: str, payload: ContactChange) -> dict[str, Any]:
    """An empty text takes a value away; one of email and phone has to stay."""
    account = account_of(request)
    before = queries.get(account, contact_id)
    raw = {name: getattr(before, name) for name in ContactChange.model_fields}
    raw |= payload.model_dump(exclude_none=True)
    actor, now = actor_of(request), request.call.now
    return shown(update_contact(account=account, contact_id=contact_id, raw=raw, actor=actor, now=now))


def shown(contact: Contact) -> dict[str, Any]:
    owner = str(contact.owner_id) if contact.owner_id else None
    return {**contact_view(contact), "owner": owner, "custom": contact.custom}

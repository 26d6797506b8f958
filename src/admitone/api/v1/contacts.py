"""Contacts of the account: list, read, make."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.queries import get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Id, Limit, Name, Out
from admitone.api.v1.links import NewContact
from admitone.api.windows import WANTED
from admitone.contacts import queries
from admitone.contacts.models import Contact
from admitone.contacts.payload import contact_view
from admitone.contacts.services import ensure_contact
from admitone.logic.errors import Problem

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


class Contacts(Out):
    """A page of contacts, the newest first."""

    items: list[ContactOut]
    next_cursor: str | None


class ContactFilter(BaseModel):
    """Which contacts to list."""

    search: Name | None = Field(None, description="Part of a name, address or number.")
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


@router.get("", response=Contacts, summary="List contacts")
def list_contacts(request: ApiRequest, wanted: ContactFilter = WANTED) -> dict[str, Any]:
    rows = queries.listing(account_of(request), search=wanted.search or "")
    contacts, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [contact_view(contact) for contact in contacts], "next_cursor": cursor}


@router.get("/{contact_id}", response=ContactOut, summary="Read a contact")
def get_contact(request: ApiRequest, contact_id: str) -> dict[str, Any]:
    contact = get(account_of(request), Contact, contact_id)
    if contact.erased_at is not None:
        raise Problem("not_found")
    return contact_view(contact)


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
    return contact_view(contact)

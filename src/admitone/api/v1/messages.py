"""Messages of the account: what was sent and received, and what the provider said."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.queries import get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of
from admitone.api.fields import At, Id, Limit, Line, Out, Reference
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED
from admitone.contacts.queries import get as get_contact
from admitone.logic.clock import iso
from admitone.messaging import queries
from admitone.messaging.models import Message

router = Router(tags=["Messages"])
Status = Literal["queued", "sending", "sent", "delivered", "outbox", "failed", "bounced", "complained", "received"]
Direction = Literal["in", "out"]


class MessageOut(Out):
    """A message without its text. `error` holds the provider's words; `outbox` is kept here: no provider is set up."""

    id: Id
    channel: str
    direction: Direction
    kind: str
    status: Status
    contact: Id | None
    link: Id | None
    booking: Id | None
    sender: str
    to: str
    subject: str
    error: str
    attempts: int
    provider: str
    provider_id: str
    created_at: At
    sent_at: At | None
    delivered_at: At | None


class MessageText(MessageOut):
    """A message as it was rendered. Texts hold guests' own links and codes: null unless the key has the scope admin."""

    text: str | None
    html: str | None


class Messages(Out):
    """A page of messages, the newest first."""

    items: list[MessageOut]
    next_cursor: str | None


class MessageFilter(BaseModel):
    """Which messages to list."""

    contact: Reference | None = Field(None, description="Id.")
    channel: Literal["email", "sms"] | None = None
    direction: Direction | None = None
    status: Status | None = None
    kind: Line | None = Field(None, description="Or how it begins: workflow, booking.created, link.")
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


@router.get("", response=Messages, openapi_extra=refuses("not_found"), summary="List messages")
def list_messages(request: ApiRequest, wanted: MessageFilter = WANTED) -> dict[str, Any]:
    """The newest first. A filter that names a contact of nobody is `not_found`."""
    account = account_of(request)
    rows = queries.listing(account, kind=wanted.kind or "")
    same = {name: getattr(wanted, name) for name in ("channel", "direction", "status")}
    if wanted.contact:
        same["contact"] = get_contact(account, wanted.contact)
    rows = rows.filter(**{name: value for name, value in same.items() if value})
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(message) for message in found], "next_cursor": cursor}


@router.get("/{message_id}", response=MessageText, summary="Read a message")
def get_message(request: ApiRequest, message_id: str) -> dict[str, Any]:
    """With its text for keys of scope admin."""
    found = get(account_of(request), Message, message_id)
    may_read = "admin" in request.auth.scopes
    return {**shown(found), "text": found.text if may_read else None, "html": found.html if may_read else None}


def shown(message: Message) -> dict[str, Any]:
    same = ("channel", "direction", "kind", "status", "sender", "to", "subject", "error", "attempts")
    ids = {"contact": message.contact_id, "link": message.link_id, "booking": message.booking_id}
    return {
        "id": str(message.id),
        **{name: getattr(message, name) for name in (*same, "provider", "provider_id")},
        **{name: str(key) if key else None for name, key in ids.items()},
        "created_at": iso(message.created_at),
        "sent_at": instant(message.sent_at),
        "delivered_at": instant(message.delivered_at),
    }


def instant(at: Any) -> str | None:
    return iso(at) if at else None

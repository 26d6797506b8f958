"""One-time links of the account: make, list, read, change, delete."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Header, Router
from pydantic import BaseModel, Discriminator, Field, Tag

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.queries import get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import (
    At,
    Body,
    Email,
    Id,
    Instant,
    Label,
    Limit,
    Metadata,
    Name,
    Out,
    Phone,
    Policy,
    Reason,
    Reference,
    Span,
    Times,
    Url,
    Uses,
    Utm,
    example,
)
from admitone.api.openapi import refuses
from admitone.api.special import OwnTerms
from admitone.api.windows import WANTED
from admitone.calendars.queries import by_id_or_slug, group_by_id_or_slug
from admitone.contacts.models import Contact
from admitone.links import queries, services
from admitone.links.models import OneTimeLink

router = Router(tags=["One-time links"])


class NewContact(Body):
    """A person by address or number; made if the account does not know them."""

    model_config = example(email="ada@example.com", name="Ada Lovelace")

    email: Email | None = None
    name: Name | None = None
    phone: Phone | None = None


def _kind(value: Any) -> str:
    return "=id" if isinstance(value, str) else "=person"


ContactRef = Annotated[Annotated[Reference, Tag("=id")] | Annotated[NewContact, Tag("=person")], Discriminator(_kind)]


class NewLink(OwnTerms):
    """A link to be made. `offered` limits it to times that lie within one of these spans."""

    model_config = example(
        calendar="first-consultation",
        contact={"email": "ada@example.com", "name": "Ada Lovelace"},
        expires_at="2026-12-01T00:00:00Z",
        label="Ada",
    )

    calendar: Annotated[Reference, Field(description="Id or slug. Of calendar and group one, not both.")] | None = None
    group: Annotated[Reference, Field(description="Id or slug: the guest chooses among its calendars.")] | None = None
    contact: ContactRef | None = None
    contact_policy: Policy = "prefill"
    offered: Annotated[list[Span], Field(min_length=1, max_length=200)] | None = None
    not_before: Instant | None = None
    expires_at: Instant | None = None
    max_uses: Uses = 1
    label: Label = ""
    note: Reason = ""
    metadata: Metadata = Field(default_factory=dict)
    utm: Utm | None = None


class LinkChange(Body):
    """What may change; null clears `expires_at` and `not_before`. `status: "active"` undoes a deletion."""

    model_config = example(expires_at="2026-12-24T00:00:00Z")

    status: Literal["active"] | None = None
    expires_at: Instant | None = None
    not_before: Instant | None = None
    max_uses: Uses = 1
    label: Label = ""
    note: Reason = ""
    metadata: Metadata = Field(default_factory=dict)


class Link(Out):
    """A one-time link. The token is the last path segment of `url`."""

    id: Id
    url: Url
    status: Literal["active", "used", "deleted", "expired"]
    calendar: Id | None
    group: Id | None
    duration: int | None
    host: Id | None
    location: str
    seats: int
    series: int
    contact: Id | None
    contact_policy: Policy
    max_uses: int
    uses: int
    not_before: At | None
    expires_at: At | None
    offered: list[Times] | None
    label: str
    note: str
    metadata: dict[str, Any]
    source: str
    created_at: At
    used_at: At | None
    deleted_at: At | None
    booking_ids: list[Id]


class Links(Out):
    """A page of links, the newest first."""

    items: list[Link]
    next_cursor: str | None


class LinkFilter(BaseModel):
    """Which links to list."""

    calendar: Reference | None = Field(None, description="Id or slug.")
    group: Reference | None = Field(None, description="Id or slug: links that lead to this group.")
    status: Literal["active", "used", "deleted", "expired"] | None = None
    contact: Reference | None = Field(None, description="Id.")
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


@router.post(
    "",
    response={201: Link},
    openapi_extra=refuses("not_found", "idempotency_key_reused"),
    summary="Make a one-time link",
)
def create_one_time_link(
    request: ApiRequest,
    payload: NewLink,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=255),
) -> dict[str, Any]:
    """A link that books once. Send the same `Idempotency-Key` when you try again, and no second link is made."""
    account, key, now = account_of(request), request.auth, request.call.now
    asked = Idempotency.of(key.id, idempotency_key, {"one_time_link": payload.model_dump(mode="json")})
    link = services.issue(
        account=account,
        calendar=by_id_or_slug(account, payload.calendar) if payload.calendar else None,
        group=group_by_id_or_slug(account, payload.group) if payload.group else None,
        special=payload.special(),
        actor=actor_of(request),
        now=now,
        contact=get(account, Contact, payload.contact) if isinstance(payload.contact, str) else None,
        person=payload.contact.model_dump() if isinstance(payload.contact, NewContact) else None,
        contact_policy=payload.contact_policy,
        max_uses=payload.max_uses,
        not_before=payload.not_before,
        expires_at=payload.expires_at,
        offered=None if payload.offered is None else [(span.start, span.end) for span in payload.offered],
        label=payload.label,
        note=payload.note,
        metadata=payload.metadata,
        utm=payload.utm.model_dump(exclude_none=True) if payload.utm else None,
        source_kind="api",
        source_id=str(key.id),
        idempotency=asked,
    )
    return _shown(request, link)


@router.get("", response=Links, openapi_extra=refuses("not_found"), summary="List one-time links")
def list_one_time_links(request: ApiRequest, wanted: LinkFilter = WANTED) -> dict[str, Any]:
    """The newest first. A filter that names a calendar, group or contact of nobody is `not_found`."""
    account, now = account_of(request), request.call.now
    rows = queries.listing(
        account,
        now=now,
        calendar=by_id_or_slug(account, wanted.calendar).id if wanted.calendar else None,
        group=group_by_id_or_slug(account, wanted.group).id if wanted.group else None,
        status=wanted.status,
        contact=get(account, Contact, wanted.contact).id if wanted.contact else None,
    )
    links, cursor = paging.by_created(rows, wanted.cursor, wanted.limit)
    return {"items": [view.as_dict(now) for view in queries.views(links)], "next_cursor": cursor}


@router.get("/{link_id}", response=Link, summary="Read a one-time link")
def get_one_time_link(request: ApiRequest, link_id: str) -> dict[str, Any]:
    return _shown(request, get(account_of(request), OneTimeLink, link_id))


@router.patch(
    "/{link_id}",
    response=Link,
    openapi_extra=refuses("link_used", "link_deleted"),
    summary="Change a one-time link",
)
def change_one_time_link(request: ApiRequest, link_id: str, payload: LinkChange) -> dict[str, Any]:
    """An expired link may be extended. Of a used link only label, note and metadata may change (409 `link_used`)."""
    changes = {name: getattr(payload, name) for name in payload.model_fields_set - {"status"}}
    link = services.amend(
        account=account_of(request),
        link_id=link_id,
        actor=actor_of(request),
        now=request.call.now,
        active=payload.status == "active",
        changes=changes,
    )
    return _shown(request, link)


@router.delete("/{link_id}", response=Link, openapi_extra=refuses("link_used"), summary="Delete a one-time link")
def delete_one_time_link(request: ApiRequest, link_id: str) -> dict[str, Any]:
    """It stops working at once; undo with `PATCH {"status": "active"}`. A used link stays (409 `link_used`)."""
    now = request.call.now
    link = services.revoke(account=account_of(request), link_id=link_id, actor=actor_of(request), now=now)
    return _shown(request, link)


def _shown(request: ApiRequest, link: OneTimeLink) -> dict[str, Any]:
    return queries.views([link])[0].as_dict(request.call.now)

"""Many one-time links at once: ask for them, watch the progress, read the rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Header, Router
from pydantic import BaseModel, Field, StrictInt

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import (
    At,
    Body,
    Id,
    Instant,
    Label,
    Limit,
    Line,
    Metadata,
    Out,
    Policy,
    Reason,
    Reference,
    Span,
    Url,
    Uses,
    Utm,
    example,
)
from admitone.api.openapi import refuses
from admitone.api.special import OwnTerms
from admitone.api.windows import WANTED
from admitone.calendars.queries import by_id_or_slug, group_by_id_or_slug
from admitone.contacts.filters import Filters
from admitone.contacts.queries import tag_by_id_or_name
from admitone.links import batches, services
from admitone.links.models import Batch
from admitone.links.services.batches import MAX_ROWS
from admitone.logic.errors import Problem

router = Router(tags=["One-time links"])
Typed = Annotated[str, Field(max_length=300)]


class BatchContact(Body):
    """A person as typed; one that cannot be taken is an error of its row, not of the request."""

    email: Typed | None = None
    name: Typed | None = None
    phone: Typed | None = None


class ContactQuery(Body):
    """Contacts as GET /contacts lists them: part of a name, address or number, and a tag."""

    search: Line = ""
    tag: Reference | None = Field(None, description="Id or name.")

    def people(self, account: Account) -> list[dict[str, str | None]]:
        tag = tag_by_id_or_name(account, self.tag).id if self.tag else None
        rows = Filters(search=self.search, tag=tag).rows(account)
        found = rows.order_by("id").values_list("email", "name", "phone")[: MAX_ROWS + 1]
        return [{"email": email, "name": name, "phone": phone} for email, name, phone in found]


class NewBatch(OwnTerms):
    """One of `count`, `contacts` and `contact_filter`, and the terms that all the links share."""

    model_config = example(calendar="first-consultation", count=100, expires_at="2026-12-24T00:00:00Z", label="Fair")

    calendar: Annotated[Reference, Field(description="Id or slug. Of calendar and group one, not both.")] | None = None
    group: Annotated[Reference, Field(description="Id or slug: the guest chooses among its calendars.")] | None = None
    count: Annotated[StrictInt, Field(ge=1, le=10_000)] | None = None
    contacts: Annotated[list[BatchContact], Field(min_length=1, max_length=10_000)] | None = None
    contact_filter: ContactQuery | None = None
    contact_policy: Policy = "prefill"
    offered: Annotated[list[Span], Field(min_length=1, max_length=200)] | None = None
    not_before: Instant | None = None
    expires_at: Instant | None = None
    max_uses: Uses = 1
    label: Label = ""
    note: Reason = ""
    metadata: Metadata = Field(default_factory=dict)
    utm: Utm | None = None

    def people(self, account: Account) -> list[dict[str, str | None]] | None:
        if self.contact_filter is None:
            return None if self.contacts is None else [person.model_dump() for person in self.contacts]
        if self.contacts is not None:
            raise Problem("invalid", fields={"contact_filter": "Give either contacts or a filter."})
        return self.contact_filter.people(account)

    def terms(self) -> dict[str, Any]:
        return {
            "contact_policy": self.contact_policy,
            "offered": None if self.offered is None else [(span.start, span.end) for span in self.offered],
            "not_before": self.not_before,
            "expires_at": self.expires_at,
            "max_uses": self.max_uses,
            "label": self.label,
            "note": self.note,
            "metadata": self.metadata,
            "utm": self.utm.model_dump(exclude_none=True) if self.utm else None,
            "special": self.special(),
        }


class BatchOut(Out):
    """A batch and how far it is: `done` links are made, `failed` rows have an error instead."""

    id: Id
    status: Literal["queued", "running", "done", "failed"]
    calendar: Id | None
    group: Id | None
    kind: Literal["count", "contacts"]
    total: int
    done: int
    failed: int
    created_at: At
    finished_at: At | None


class Batches(Out):
    """A page of batches, the newest first."""

    items: list[BatchOut]
    next_cursor: str | None


class Person(Out):
    """A person as typed."""

    email: str
    name: str
    phone: str


class Row(Out):
    """Row `n` of a batch, from 1, in the order that was sent."""

    n: int
    state: Literal["waiting", "made", "failed"]
    contact: Person | None
    link: Id | None
    url: Url | None
    error: str


class BatchPage(BatchOut):
    """A batch with a page of its rows, the first ones first."""

    rows: list[Row]
    next_cursor: str | None


class BatchFilter(BaseModel):
    """Which batches to list."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class RowFilter(BaseModel):
    """Which rows to read."""

    state: Literal["waiting", "made", "failed"] | None = None
    cursor: Line | None = Field(None, description="`next_cursor` of the page before.")
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.post(
    "",
    response={202: BatchOut},
    openapi_extra=refuses("not_found", "idempotency_key_reused"),
    summary="Make many one-time links",
)
def create_batch(
    request: ApiRequest,
    payload: NewBatch,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=255),
) -> dict[str, Any]:
    """Up to 10,000 links, made in the background. Read the batch for its progress and the links."""
    account, key = account_of(request), request.auth
    asked = Idempotency.of(key.id, idempotency_key, {"link_batch": payload.model_dump(mode="json")})
    batch = services.create_batch(
        account=account,
        calendar=by_id_or_slug(account, payload.calendar) if payload.calendar else None,
        group=group_by_id_or_slug(account, payload.group) if payload.group else None,
        actor=actor_of(request),
        now=request.call.now,
        count=payload.count,
        contacts=payload.people(account),
        terms=payload.terms(),
        idempotency=asked,
    )
    return batches.batch_view(batch)


@router.get("", response=Batches, summary="List batches of one-time links")
def list_batches(request: ApiRequest, wanted: BatchFilter = WANTED) -> dict[str, Any]:
    found, cursor = paging.by_id(batches.batches(account_of(request)), wanted.cursor, wanted.limit)
    return {"items": [batches.batch_view(batch) for batch in found], "next_cursor": cursor}


@router.get("/{batch_id}", response=BatchPage, summary="Read a batch of one-time links")
def get_batch(request: ApiRequest, batch_id: str, wanted: RowFilter = WANTED) -> dict[str, Any]:
    """Progress, and a page of rows with their links."""
    batch = get(account_of(request), Batch, batch_id)
    found = batches.rows(batch, state=wanted.state or "", after=after(wanted.cursor))[: wanted.limit + 1]
    lines = [batches.line(row) for row in found]
    shown = lines[: wanted.limit]
    cursor = str(shown[-1].n) if len(lines) > wanted.limit else None
    return {**batches.batch_view(batch), "rows": [line.as_dict() for line in shown], "next_cursor": cursor}


def after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 6):
        raise Problem("invalid", fields={"cursor": "Use next_cursor of the page before, unchanged."})
    return int(cursor)

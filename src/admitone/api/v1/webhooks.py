"""Webhook endpoints of the account and their log. Keys need the scope admin."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field, StringConstraints

from admitone.accounts.queries import get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Flag, Id, Label, Limit, Out, example, plain_line
from admitone.api.windows import WANTED
from admitone.logic.errors import Problem
from admitone.webhooks import queries, services
from admitone.webhooks.models import Delivery, Endpoint

router = Router(tags=["Webhooks"])
Kind = Literal[
    "one_time_link.created",
    "one_time_link.opened",
    "one_time_link.used",
    "one_time_link.deleted",
    "one_time_link.expired",
    "one_time_link.attempted",
    "booking.created",
    "booking.rescheduled",
    "booking.cancelled",
    "booking.confirmed",
    "booking.declined",
    "booking.completed",
    "booking.no_show",
    "contact.created",
    "form.submitted",
    "form.disqualified",
    "waitlist.joined",
    "waitlist.offered",
    "waitlist.booked",
    "waitlist.expired",
    "waitlist.left",
]
Kinds = Annotated[list[Kind], Field(max_length=50, description="An empty list wants all.")]
Address = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000),
    Field(description="An https address.", examples=["https://example.com/hooks/admit-one"]),
]


class NewEndpoint(Body):
    """Where to send which events."""

    model_config = example(url="https://example.com/hooks/admit-one", kinds=["one_time_link.used"])

    url: Address
    kinds: Kinds = Field(default_factory=list)
    description: Label = ""


class EndpointChange(Body):
    """What may change. `active: false` pauses, `true` resumes, also after the endpoint was paused for failing."""

    model_config = example(active=True)

    url: Address = ""
    kinds: Kinds = Field(default_factory=list)
    description: Label = ""
    active: Flag = True


class EndpointOut(Out):
    """An endpoint, without its secret."""

    id: Id
    url: str
    description: str
    kinds: list[str]
    active: bool
    paused_by: Literal["", "hand", "failing", "gone"]
    failing_since: At | None
    old_secret_until: At | None
    created_at: At
    updated_at: At


class EndpointSecret(EndpointOut):
    """An endpoint with its secret (Standard Webhooks), which is shown only this once."""

    secret: str


class Endpoints(Out):
    """A page of endpoints, the newest first."""

    items: list[EndpointOut]
    next_cursor: str | None


class DeliveryOut(Out):
    """One message to an endpoint: what was tried, and what the receiver said last."""

    id: Id
    event: Id | None
    kind: str
    status: Literal["queued", "sending", "delivered", "failed"]
    attempts: int
    next_attempt_at: At | None
    attempted_at: At | None
    response_status: int | None
    response_body: str
    error: str
    duration_ms: int | None
    created_at: At


class Deliveries(Out):
    """A page of the log, the newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class Page(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class LogFilter(Page):
    """Which deliveries to list."""

    status: Literal["queued", "delivered", "failed"] | None = None
    kind: Kind | None = None


def admin(request: ApiRequest) -> None:
    """Webhooks carry what guests typed to another server: a key for daily work may not point them somewhere else."""
    if "admin" not in request.auth.scopes:
        raise Problem("forbidden", "This key lacks the scope admin.")


@router.post("", response={201: EndpointSecret}, summary="Add a webhook endpoint")
def create_webhook(request: ApiRequest, payload: NewEndpoint) -> dict[str, Any]:
    """Messages are signed by Standard Webhooks with the `secret` of this answer."""
    admin(request)
    endpoint, secret = services.create_endpoint(
        account=account_of(request), actor=actor_of(request), now=request.call.now, **cleaned(payload.model_dump())
    )
    return {**queries.endpoint_view(endpoint), "secret": secret}


@router.get("", response=Endpoints, summary="List webhook endpoints")
def list_webhooks(request: ApiRequest, wanted: Page = WANTED) -> dict[str, Any]:
    admin(request)
    found, cursor = paging.by_id(queries.endpoints(account_of(request)), wanted.cursor, wanted.limit)
    return {"items": [queries.endpoint_view(endpoint) for endpoint in found], "next_cursor": cursor}


@router.get("/{endpoint_id}", response=EndpointOut, summary="Read a webhook endpoint")
def get_webhook(request: ApiRequest, endpoint_id: str) -> dict[str, Any]:
    admin(request)
    return queries.endpoint_view(get(account_of(request), Endpoint, endpoint_id))


@router.patch("/{endpoint_id}", response=EndpointOut, summary="Change a webhook endpoint")
def change_webhook(request: ApiRequest, endpoint_id: str, payload: EndpointChange) -> dict[str, Any]:
    """While it is paused nothing is queued for it; what waits is marked as failed and can be replayed."""
    admin(request)
    changes = {name: getattr(payload, name) for name in payload.model_fields_set}
    endpoint = services.update_endpoint(
        account=account_of(request),
        endpoint_id=endpoint_id,
        actor=actor_of(request),
        now=request.call.now,
        **cleaned(changes),
    )
    return queries.endpoint_view(endpoint)


@router.delete("/{endpoint_id}", response={204: None}, summary="Delete a webhook endpoint")
def delete_webhook(request: ApiRequest, endpoint_id: str) -> None:
    """The endpoint and its log are gone; what waited is not delivered."""
    admin(request)
    services.delete_endpoint(
        account=account_of(request), endpoint_id=endpoint_id, actor=actor_of(request), now=request.call.now
    )


@router.post("/{endpoint_id}/rotation", response={201: EndpointSecret}, summary="Rotate the secret")
def rotate_webhook_secret(request: ApiRequest, endpoint_id: str) -> dict[str, Any]:
    """A new secret; for 24 hours messages carry the signatures of both."""
    admin(request)
    endpoint, secret = services.rotate_secret(
        account=account_of(request), endpoint_id=endpoint_id, actor=actor_of(request), now=request.call.now
    )
    return {**queries.endpoint_view(endpoint), "secret": secret}


@router.post("/{endpoint_id}/tests", response={202: DeliveryOut}, summary="Send a test message")
def send_webhook_test(request: ApiRequest, endpoint_id: str) -> dict[str, Any]:
    """A message of type `webhook.test`; read its delivery to see what the receiver said."""
    admin(request)
    sent = services.send_test(account=account_of(request), endpoint_id=endpoint_id, now=request.call.now)
    return queries.delivery_view(sent)


@router.get("/{endpoint_id}/deliveries", response=Deliveries, summary="List deliveries of an endpoint")
def list_webhook_deliveries(request: ApiRequest, endpoint_id: str, wanted: LogFilter = WANTED) -> dict[str, Any]:
    """The log of the last 30 days."""
    admin(request)
    endpoint = get(account_of(request), Endpoint, endpoint_id)
    rows = queries.log(endpoint, status=wanted.status or "", kind=wanted.kind or "")
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [queries.delivery_view(delivery) for delivery in found], "next_cursor": cursor}


@router.post("/deliveries/{delivery_id}/replay", response={202: DeliveryOut}, summary="Send a message again")
def replay_webhook_delivery(request: ApiRequest, delivery_id: str) -> dict[str, Any]:
    """The same body with the same `webhook-id`, from the first attempt on."""
    admin(request)
    again = services.replay(account=account_of(request), delivery_id=delivery_id, now=request.call.now)
    return queries.delivery_view(get(account_of(request), Delivery, again.id))


def cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """Control characters in an address are refused before they are looked at."""
    try:
        if "url" in values:
            plain_line(values["url"])
    except ValueError as error:
        raise Problem("invalid", fields={"url": str(error)}) from error
    return values

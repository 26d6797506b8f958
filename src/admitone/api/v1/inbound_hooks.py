"""Inbound webhooks: addresses that other programs post to. Keys need the scope admin."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Flag, Id, Limit, Name, Out, example, plain_line
from admitone.api.windows import WANTED
from admitone.logic.errors import Problem
from admitone.workflows import hook_queries as queries
from admitone.workflows.services import hooks as services

router = Router(tags=["Inbound webhooks"])
Title = Annotated[Name, Field(min_length=1, max_length=120)]
Path = Annotated[str, Field(max_length=300)]


class Mapping(Body):
    """Which fields of a body name its contact, as dotted paths; empty ones mean none."""

    model_config = example(email="customer.email", name="customer.name")

    email: Path = ""
    phone: Path = ""
    name: Path = ""


class NewHook(Body):
    """An address for one program that sends."""

    model_config = example(name="Shop", mapping={"email": "customer.email"})

    name: Title
    mapping: Mapping = Mapping()


class HookChange(Body):
    """What may change. `active: false` pauses: what is posted then is refused with 409."""

    model_config = example(active=False)

    name: Title = ""
    mapping: Mapping = Mapping()
    active: Flag = True


class HookOut(Out):
    """An address and what was learned from the bodies that came. Whoever knows `url` can post to it."""

    id: Id
    name: str
    url: str
    active: bool
    mapping: Mapping
    fields: dict[str, Literal["text", "number", "checkbox", "empty"]]
    received_at: At | None
    created_at: At


class HookSample(HookOut):
    """The same with the body that came last."""

    sample: dict[str, Any] | None


class Hooks(Out):
    """A page of addresses, the newest first."""

    items: list[HookOut]
    next_cursor: str | None


class Page(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


def admin(request: ApiRequest) -> None:
    if "admin" not in request.auth.scopes:
        raise Problem("forbidden", "This key lacks the scope admin.")


@router.post("", response={201: HookOut}, summary="Make an inbound webhook")
def create_inbound_hook(request: ApiRequest, payload: NewHook) -> dict[str, Any]:
    """POST JSON (up to 64 kB) or a form to its `url`; workflows with the trigger `hook.received` start by it."""
    admin(request)
    made = services.create_hook(
        account=account_of(request), actor=actor_of(request), now=request.call.now, **cleaned(payload.model_dump())
    )
    return queries.view(made)


@router.get("", response=Hooks, summary="List inbound webhooks")
def list_inbound_hooks(request: ApiRequest, wanted: Page = WANTED) -> dict[str, Any]:
    admin(request)
    found, cursor = paging.by_id(queries.listing(account_of(request)), wanted.cursor, wanted.limit)
    return {"items": [queries.view(hook) for hook in found], "next_cursor": cursor}


@router.get("/{hook_id}", response=HookSample, summary="Read an inbound webhook")
def get_inbound_hook(request: ApiRequest, hook_id: str) -> dict[str, Any]:
    admin(request)
    return queries.view(queries.get(account_of(request), hook_id), sample=True)


@router.patch("/{hook_id}", response=HookOut, summary="Change an inbound webhook")
def change_inbound_hook(request: ApiRequest, hook_id: str, payload: HookChange) -> dict[str, Any]:
    admin(request)
    given = payload.model_dump()
    changes = cleaned({name: given[name] for name in payload.model_fields_set})
    account, actor, now = account_of(request), actor_of(request), request.call.now
    return queries.view(services.update_hook(account=account, hook_id=hook_id, actor=actor, now=now, **changes))


@router.delete("/{hook_id}", response={204: None}, summary="Delete an inbound webhook")
def delete_inbound_hook(request: ApiRequest, hook_id: str) -> None:
    """Its address answers 404 from now on."""
    admin(request)
    services.delete_hook(account=account_of(request), hook_id=hook_id, actor=actor_of(request), now=request.call.now)


def cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """Control characters in a path are refused before they are looked at."""
    for part, path in values.get("mapping", {}).items():
        try:
            plain_line(path)
        except ValueError as error:
            raise Problem("invalid", fields={f"mapping.{part}": str(error)}) from error
    return values

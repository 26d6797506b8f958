"""Opportunities of the account: list, read, make, move and change."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field, StrictInt

from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import SAFE, At, Body, Id, Limit, Name, Out, Reference, example
from admitone.api.openapi import refuses
from admitone.api.v1.pipelines import Currency
from admitone.api.windows import WANTED
from admitone.contacts.queries import get as get_contact
from admitone.logic.clock import iso
from admitone.pipelines import queries, services
from admitone.pipelines.models import Opportunity

router = Router(tags=["Opportunities"])
Status = Literal["open", "won", "lost", "abandoned"]
Minor = Annotated[StrictInt, Field(ge=0, le=SAFE, description="In the currency's smallest unit.")]


class OpportunityOut(Out):
    """A deal with a contact; `value_minor` is in the currency's smallest unit (cents)."""

    id: Id
    name: str
    pipeline: Id
    stage: Id
    contact: Id
    owner: Id | None
    value_minor: int
    currency: str
    status: Status
    created_at: At
    updated_at: At


class Opportunities(Out):
    """A page of opportunities, the newest first."""

    items: list[OpportunityOut]
    next_cursor: str | None


class OpportunityFilter(BaseModel):
    """Which opportunities to list."""

    pipeline: Reference | None = Field(None, description="Id.")
    stage: Reference | None = Field(None, description="Id.")
    contact: Reference | None = Field(None, description="Id.")
    status: Status | None = None
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class NewOpportunity(Body):
    """Made in a stage, which counts as reaching it. Named after its contact unless told."""

    model_config = example(
        stage="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f",
        contact="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e60",
        name="Implant",
        value_minor=120000,
    )

    stage: Annotated[Reference, Field(description="Id.")]
    contact: Annotated[Reference, Field(description="Id.")]
    name: Name | None = None
    value_minor: Minor = 0
    currency: Currency | None = None
    owner: Annotated[Reference, Field(description="Id of somebody of the team.")] | None = None


class OpportunityChanges(Body):
    """Only what is to change. A new `stage` moves it; the stage it is in is no change."""

    model_config = example(stage="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f")

    stage: Annotated[Reference, Field(description="Id.")] | None = None
    status: Status | None = None
    name: Name | None = None
    value_minor: Minor | None = None
    currency: Currency | None = None
    owner: Annotated[Reference, Field(description="Id of somebody of the team; null for nobody.")] | None = None


@router.get("", response=Opportunities, openapi_extra=refuses("not_found"), summary="List opportunities")
def list_opportunities(request: ApiRequest, wanted: OpportunityFilter = WANTED) -> dict[str, Any]:
    """A filter that names a row of nobody is `not_found`."""
    account = account_of(request)
    rows = queries.opportunities(
        account,
        pipeline=queries.pipeline(account, wanted.pipeline) if wanted.pipeline else None,
        stage=queries.stage(account, wanted.stage) if wanted.stage else None,
        contact=get_contact(account, wanted.contact) if wanted.contact else None,
        status=wanted.status,
    )
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(one) for one in found], "next_cursor": cursor}


@router.get("/{opportunity_id}", response=OpportunityOut, summary="Read an opportunity")
def get_opportunity(request: ApiRequest, opportunity_id: str) -> dict[str, Any]:
    return shown(queries.opportunity(account_of(request), opportunity_id))


@router.post("", response={201: OpportunityOut}, openapi_extra=refuses("not_found"), summary="Make an opportunity")
def create_opportunity(request: ApiRequest, payload: NewOpportunity) -> dict[str, Any]:
    account = account_of(request)
    sent = payload.model_dump(exclude_none=True, exclude={"stage", "contact"})
    made = services.create_opportunity(
        account=account,
        stage_id=payload.stage,
        contact=get_contact(account, payload.contact),
        actor=actor_of(request),
        now=request.call.now,
        **sent,
    )
    return shown(made)


@router.patch("/{opportunity_id}", response=OpportunityOut, summary="Move or change an opportunity")
def change_opportunity(request: ApiRequest, opportunity_id: str, payload: OpportunityChanges) -> dict[str, Any]:
    """All of it or nothing. Each move is one event; a move to the stage it is in is none."""
    sent = payload.model_dump(exclude_unset=True)
    found = services.change_opportunity(
        account=account_of(request),
        opportunity_id=opportunity_id,
        actor=actor_of(request),
        now=request.call.now,
        **{name: value for name, value in sent.items() if value is not None or name == "owner"},
    )
    return shown(found)


def shown(one: Opportunity) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "pipeline": str(one.pipeline_id),
        "stage": str(one.stage_id),
        "contact": str(one.contact_id),
        "owner": str(one.owner_id) if one.owner_id else None,
        "value_minor": one.value_minor,
        "currency": one.currency,
        "status": one.status,
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }

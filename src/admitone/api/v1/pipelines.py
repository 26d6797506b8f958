"""Pipelines of the account and their stages: list, read, make, rename."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router
from pydantic import BaseModel, Field

from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Id, Label, Limit, Name, Out, example
from admitone.api.windows import WANTED
from admitone.logic.clock import iso
from admitone.pipelines import queries, services
from admitone.pipelines.models import Pipeline

router = Router(tags=["Pipelines"])
Currency = Annotated[str, Field(pattern=r"^[A-Za-z]{3}$", description="ISO 4217.", examples=["EUR"])]


class StageOut(Out):
    """A stage, in order."""

    id: Id
    name: str


class PipelineOut(Out):
    """Stages that opportunities pass through."""

    id: Id
    name: str
    currency: str
    stages: list[StageOut]
    created_at: At


class Pipelines(Out):
    """A page of pipelines, the newest first."""

    items: list[PipelineOut]
    next_cursor: str | None


class PipelinePage(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class NewPipeline(Body):
    """Stages by name, in order; the currency is the account's country's unless given."""

    model_config = example(name="New leads", stages=["New", "Qualified", "Booked"])

    name: Label
    stages: Annotated[list[Annotated[Name, Field(max_length=80)]], Field(min_length=1, max_length=30)] | None = None
    currency: Currency | None = None


class PipelineChanges(Body):
    """A new name."""

    model_config = example(name="Leads")

    name: Label


@router.get("", response=Pipelines, summary="List pipelines")
def list_pipelines(request: ApiRequest, wanted: PipelinePage = WANTED) -> dict[str, Any]:
    rows = queries.pipelines(account_of(request)).prefetch_related("stages")
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(one) for one in found], "next_cursor": cursor}


@router.get("/{pipeline_id}", response=PipelineOut, summary="Read a pipeline")
def get_pipeline(request: ApiRequest, pipeline_id: str) -> dict[str, Any]:
    return shown(queries.pipeline(account_of(request), pipeline_id))


@router.post("", response={201: PipelineOut}, summary="Make a pipeline")
def create_pipeline(request: ApiRequest, payload: NewPipeline) -> dict[str, Any]:
    made = services.create_pipeline(
        account=account_of(request),
        actor=actor_of(request),
        now=request.call.now,
        **payload.model_dump(exclude_none=True),
    )
    return shown(made)


@router.patch("/{pipeline_id}", response=PipelineOut, summary="Rename a pipeline")
def change_pipeline(request: ApiRequest, pipeline_id: str, payload: PipelineChanges) -> dict[str, Any]:
    found = services.rename_pipeline(
        account=account_of(request),
        pipeline_id=pipeline_id,
        actor=actor_of(request),
        now=request.call.now,
        name=payload.name,
    )
    return shown(found)


def shown(one: Pipeline) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "currency": one.currency,
        "stages": [{"id": str(stage.id), "name": stage.name} for stage in one.stages.all()],
        "created_at": iso(one.created_at),
    }

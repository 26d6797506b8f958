"""Workflows of the account: one JSON document each; its draft is changed, its published version runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Header, Router
from pydantic import BaseModel, Field

from admitone.accounts.idempotency import Idempotency
from admitone.api import paging
from admitone.api.auth import Visitor
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Id, Label, Limit, Name, Object, Out, example
from admitone.api.openapi import refuses
from admitone.api.slugs import with_ids
from admitone.api.windows import WANTED
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.workflows import queries, services
from admitone.workflows.models import Workflow, WorkflowVersion
from admitone.workflows.schema import document_schema
from admitone.workflows.services.amending import change_workflow as amend

router = Router(tags=["Workflows"])
Status = Literal["draft", "published", "paused"]
SCHEMA_AT = "`GET /api/v1/workflows/schema` describes it"
Settings = Annotated[Object, Field(description=f"`reentry`, `stop_on_booking` and more; {SCHEMA_AT}.")]
Triggers = Annotated[
    list[Object],
    Field(max_length=20, description="`type` and `filters`; an absent filter means any. Any one starts it."),
]
Steps = Annotated[
    list[Object],
    Field(
        max_length=200, description=f"`name`, `type`, `params` and, of a step that branches, `branches`; {SCHEMA_AT}."
    ),
]
EXAMPLE: dict[str, Any] = {
    "name": "Link after the form",
    "triggers": [{"type": "form.submitted", "filters": {"forms": ["01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"]}}],
    "steps": [
        {
            "name": "booking_link",
            "type": "one_time_link.generate",
            "params": {"calendar": "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e60", "expires_in": {"days": 7}},
        },
        {
            "name": "email",
            "type": "email.send",
            "params": {
                "subject": "Choose your time",
                "body": "Hello {{ contact.first_name }}, your link: {{ steps.booking_link.url }}",
            },
        },
    ],
}


class NewWorkflow(Body):
    """A workflow as one JSON document."""

    model_config = example(**EXAMPLE)

    form: Annotated[Literal[1], Field(description="Version of the document's form.")] = Field(1, alias="schema")
    name: Label
    settings: Settings = Field(default_factory=dict)
    triggers: Triggers = Field(default_factory=list)
    steps: Steps


class WorkflowChanges(Body):
    """Parts to replace. `status: "published"` publishes the draft, `"paused"` halts what runs."""

    model_config = example(status="paused")

    form: Annotated[Literal[1], Field(description="Version of the document's form.")] = Field(1, alias="schema")
    name: Label | None = None
    settings: Settings | None = None
    triggers: Triggers | None = None
    steps: Steps | None = None
    status: Literal["published", "paused"] | None = None


class WorkflowOut(Out):
    """The draft with what is known about it; `published_version` runs, which may be an earlier one."""

    id: Id
    name: str
    settings: dict[str, Any]
    triggers: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    status: Status
    published_version: int | None
    created_at: At
    updated_at: At


class Workflows(Out):
    """A page of workflows, the newest first."""

    items: list[WorkflowOut]
    next_cursor: str | None


class WorkflowFilter(BaseModel):
    """Which workflows to list."""

    status: Status | None = None
    search: Name | None = Field(None, description="Part of the name.")
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class VersionOut(Out):
    """What was published once; it never changes."""

    number: int
    published_at: At
    published_by: str


class VersionDocument(VersionOut):
    """A version with its document."""

    document: dict[str, Any]


class Versions(Out):
    """A page of versions, the newest first."""

    items: list[VersionOut]
    next_cursor: str | None


class VersionPage(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


@router.get("/schema", response=dict[str, Any], auth=Visitor(), summary="Read the schema of workflows")
def get_workflow_schema(request: ApiRequest) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a workflow document: every trigger and step with what it takes."""
    return document_schema()


@router.get("", response=Workflows, summary="List workflows")
def list_workflows(request: ApiRequest, wanted: WorkflowFilter = WANTED) -> dict[str, Any]:
    rows = queries.listing(account_of(request), search=wanted.search or "", status=wanted.status or "")
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(one) for one in found], "next_cursor": cursor}


@router.post(
    "", response={201: WorkflowOut}, openapi_extra=refuses("idempotency_key_reused"), summary="Make a workflow"
)
def create_workflow(
    request: ApiRequest,
    payload: NewWorkflow,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=255),
) -> dict[str, Any]:
    """A draft, checked as if it were published: `errors` names each step that is of no known type, or uses a value that
    no step before it makes, as `steps.NAME.PARAM`. Nobody enters before it is published."""
    document = payload.model_dump(exclude={"form"})
    document["steps"] = with_ids(document["steps"], account_of(request))
    made = services.create_workflow(
        account=account_of(request),
        document=document,
        actor=actor_of(request),
        now=request.call.now,
        idempotency=Idempotency.of(request.auth.id, idempotency_key, {"workflow": document}),
    )
    return shown(made)


@router.get("/{workflow_id}", response=WorkflowOut, summary="Read a workflow")
def get_workflow(request: ApiRequest, workflow_id: str) -> dict[str, Any]:
    return shown(queries.get(account_of(request), workflow_id))


@router.patch("/{workflow_id}", response=WorkflowOut, summary="Change a workflow")
def change_workflow(request: ApiRequest, workflow_id: str, payload: WorkflowChanges) -> dict[str, Any]:
    """Changes the draft, checked as on creation; each part replaces the whole part. What was published runs on as it is
    until the draft is published."""
    sent = payload.model_dump(exclude_none=True, exclude={"form", "status"})
    if "steps" in sent:
        sent["steps"] = with_ids(sent["steps"], account_of(request))
    changed = amend(
        account=account_of(request),
        workflow_id=workflow_id,
        changes=sent,
        status=payload.status,
        actor=actor_of(request),
        now=request.call.now,
    )
    return shown(changed)


@router.delete("/{workflow_id}", response={204: None}, summary="Delete a workflow")
def delete_workflow(request: ApiRequest, workflow_id: str) -> None:
    """Nobody enters any more, and who is inside is let go. Enrollments and messages stay to be read."""
    services.delete_workflow(
        account=account_of(request), workflow_id=workflow_id, actor=actor_of(request), now=request.call.now
    )


@router.post(
    "/{workflow_id}/publication",
    response={201: WorkflowOut},
    openapi_extra=refuses("invalid"),
    summary="Publish a workflow",
)
def publish_workflow(request: ApiRequest, workflow_id: str) -> dict[str, Any]:
    """The draft becomes the next version, for whoever enters from now on; a paused workflow goes on. An unchanged draft
    stays the version it is. `errors` names every fault at its step."""
    account = account_of(request)
    services.publish(account=account, workflow_id=workflow_id, actor=actor_of(request), now=request.call.now)
    return shown(queries.get(account, workflow_id))


@router.delete(
    "/{workflow_id}/publication", response=WorkflowOut, openapi_extra=refuses("invalid"), summary="Pause a workflow"
)
def pause_workflow(request: ApiRequest, workflow_id: str) -> dict[str, Any]:
    """Nobody enters, and who is inside stays there until it is published again."""
    paused = services.pause(
        account=account_of(request), workflow_id=workflow_id, actor=actor_of(request), now=request.call.now
    )
    return shown(paused)


@router.get("/{workflow_id}/versions", response=Versions, summary="List versions of a workflow")
def list_workflow_versions(request: ApiRequest, workflow_id: str, wanted: VersionPage = WANTED) -> dict[str, Any]:
    workflow = queries.get(account_of(request), workflow_id)
    found, cursor = paging.by_id(queries.versions(workflow), wanted.cursor, wanted.limit)
    return {"items": [shown_version(one) for one in found], "next_cursor": cursor}


@router.get("/{workflow_id}/versions/{number}", response=VersionDocument, summary="Read a version of a workflow")
def get_workflow_version(request: ApiRequest, workflow_id: str, number: str) -> dict[str, Any]:
    workflow = queries.get(account_of(request), workflow_id)
    known = number.isascii() and number.isdecimal() and len(number) <= 9
    found = queries.versions(workflow).filter(number=int(number)).first() if known else None
    if found is None:
        raise Problem("not_found")
    document = {key: value for key, value in found.document.items() if key != "schema"}
    return {**shown_version(found), "document": document}


def shown(workflow: Workflow) -> dict[str, Any]:
    return queries.WorkflowView(workflow).as_dict()


def shown_version(version: WorkflowVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "published_at": iso(version.published_at),
        "published_by": version.by,
    }

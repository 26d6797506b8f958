"""Who is in a workflow: enter, list, read with every step, stop, try again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Header, Router
from ninja import Status as Answer
from pydantic import BaseModel, Field

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.queries import get
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Id, Limit, Out, Reference, example
from admitone.api.openapi import refuses
from admitone.api.windows import WANTED
from admitone.contacts.queries import get as get_contact
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.workflows import queries, services
from admitone.workflows.models import BulkEnrollment, Enrollment
from admitone.workflows.services.bulk import start_bulk, stop_bulk

of_workflow = Router(tags=["Enrollments"])
router = Router(tags=["Enrollments"])
bulks = Router(tags=["Enrollments"])
Status = Literal["active", "waiting", "done", "stopped", "failed"]


Ids = Annotated[list[Reference], Field(min_length=1, max_length=5000, description="Ids; unknown ones are left out.")]


class NewEnrollment(Body):
    """Who enters: one contact, or many in the background."""

    model_config = example(contact="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f")

    contact: Annotated[Reference, Field(description="Id.")] | None = None
    contacts: Ids | None = None


class EnrollmentOut(Out):
    """One contact's way through one version. `outputs` are what its steps made, by their names."""

    id: Id
    workflow: Id
    version: int
    contact: Id | None
    trigger: str
    event: Id | None
    status: Status
    reason: str
    resume_at: At | None
    outputs: dict[str, Any]
    created_at: At
    finished_at: At | None


class StepRunOut(Out):
    """One visit of a step. `message` is what it sent, `delivery` how that went by the provider's word."""

    step: str
    type: str
    visit: int
    status: Literal["running", "waiting", "done", "skipped", "retrying", "failed", "stopped"]
    outcome: dict[str, Any]
    error: str
    message: Id | None
    delivery: str | None
    delivery_error: str | None
    started_at: At
    finished_at: At | None


class EnrollmentLog(EnrollmentOut):
    """An enrollment with its steps so far, in the order they were taken."""

    steps: list[StepRunOut]


class BulkOut(Out):
    """Many contacts on their way in; `skipped` may not enter again."""

    id: Id
    workflow: Id
    status: Literal["running", "done", "stopped"]
    total: int
    enrolled: int
    skipped: int
    created_at: At
    finished_at: At | None


class Enrollments(Out):
    """A page of enrollments, the newest first."""

    items: list[EnrollmentOut]
    next_cursor: str | None


class Wanted(BaseModel):
    """Which enrollments of a workflow to list."""

    contact: Reference | None = Field(None, description="Id.")
    status: Status | None = None
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class WantedOfAll(Wanted):
    """Which enrollments to list."""

    workflow: Reference | None = Field(None, description="Id.")


@of_workflow.post(
    "/{workflow_id}/enrollments",
    response={201: EnrollmentOut, 202: BulkOut},
    openapi_extra=refuses("idempotency_key_reused"),
    summary="Enter contacts",
)
def create_enrollment(
    request: ApiRequest,
    workflow_id: str,
    payload: NewEnrollment,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=255),
) -> Answer[dict[str, Any]]:
    """Into a published workflow, whatever its triggers. `contact` answers 201 with the enrollment and is refused
    (`invalid`) for one that may not enter again; `contacts` answers 202, read its progress at `/bulk-enrollments`."""
    if (payload.contact is None) == (payload.contacts is None):
        raise Problem("invalid", fields={"contact": "Send either contact or contacts."})
    asked = {"workflow": workflow_id, "enrollment": payload.model_dump()}
    who: dict[str, Any] = {
        "account": account_of(request),
        "workflow_id": workflow_id,
        "actor": actor_of(request),
        "now": request.call.now,
        "idempotency": Idempotency.of(request.auth.id, idempotency_key, asked),
    }
    if payload.contact is None:
        return Answer(202, shown_bulk(start_bulk(source={"kind": "ids", "ids": payload.contacts}, **who)))
    return Answer(201, shown(services.enroll(contact_id=payload.contact, **who)))


@bulks.get("/{bulk_id}", response=BulkOut, summary="Read how far many enrollments are")
def get_bulk_enrollment(request: ApiRequest, bulk_id: str) -> dict[str, Any]:
    return shown_bulk(get(account_of(request), BulkEnrollment, bulk_id))


@bulks.delete("/{bulk_id}", response=BulkOut, summary="Stop entering contacts")
def stop_bulk_enrollment(request: ApiRequest, bulk_id: str) -> dict[str, Any]:
    """No more contacts enter; those who have stay in."""
    account, now = account_of(request), request.call.now
    return shown_bulk(stop_bulk(account=account, bulk_id=bulk_id, actor=actor_of(request), now=now))


@of_workflow.get("/{workflow_id}/enrollments", response=Enrollments, summary="List enrollments of a workflow")
def list_workflow_enrollments(request: ApiRequest, workflow_id: str, wanted: Wanted = WANTED) -> dict[str, Any]:
    """The newest first. A filter that names a contact of nobody is `not_found`."""
    return page(request, wanted, workflow_id)


@router.get("", response=Enrollments, openapi_extra=refuses("not_found"), summary="List enrollments")
def list_enrollments(request: ApiRequest, wanted: WantedOfAll = WANTED) -> dict[str, Any]:
    """Of all workflows, the newest first. A filter that names a row of nobody is `not_found`."""
    return page(request, wanted, wanted.workflow)


@router.get("/{enrollment_id}", response=EnrollmentLog, summary="Read an enrollment")
def get_enrollment(request: ApiRequest, enrollment_id: str) -> dict[str, Any]:
    """With every step it has taken, and what became of each message."""
    found = queries.enrollment(account_of(request), enrollment_id)
    return queries.EnrollmentView(found, queries.step_runs(found)).as_dict()


@router.delete("/{enrollment_id}", response=EnrollmentOut, summary="Stop an enrollment")
def stop_enrollment(request: ApiRequest, enrollment_id: str) -> dict[str, Any]:
    """It ends where it stands and stays to be read; one that is over stays as it is."""
    account = account_of(request)
    services.stop_enrollment(
        account=account, enrollment_id=enrollment_id, actor=actor_of(request), now=request.call.now
    )
    return shown(queries.enrollment(account, enrollment_id))


@router.post(
    "/{enrollment_id}/retry",
    response={202: EnrollmentOut},
    openapi_extra=refuses("invalid"),
    summary="Try the failed step again",
)
def retry_enrollment(request: ApiRequest, enrollment_id: str) -> dict[str, Any]:
    """Refused (`invalid`) unless a step has failed."""
    account = account_of(request)
    services.retry_step(account=account, enrollment_id=enrollment_id, actor=actor_of(request), now=request.call.now)
    return shown(queries.enrollment(account, enrollment_id))


def page(request: ApiRequest, wanted: Wanted, workflow_id: str | None) -> dict[str, Any]:
    account = account_of(request)
    rows = queries.enrollments(
        account,
        workflow=queries.get(account, workflow_id).id if workflow_id else None,
        contact=get_contact(account, wanted.contact).id if wanted.contact else None,
        status=wanted.status or "",
    )
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(one) for one in found], "next_cursor": cursor}


def shown(one: Enrollment) -> dict[str, Any]:
    return queries.EnrollmentView(one).as_dict()


def shown_bulk(bulk: BulkEnrollment) -> dict[str, Any]:
    return {
        "id": str(bulk.id),
        "workflow": str(bulk.workflow_id),
        **{name: getattr(bulk, name) for name in ("status", "total", "enrolled", "skipped")},
        "created_at": iso(bulk.created_at),
        "finished_at": iso(bulk.finished_at) if bulk.finished_at else None,
    }

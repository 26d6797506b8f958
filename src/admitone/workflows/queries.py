"""Reads: lists, versions, the execution log, and their shapes for the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.logic.identity import storable
from admitone.messaging.models import Message
from admitone.workflows import documents
from admitone.workflows.models import Enrollment, StepRun, Workflow, WorkflowVersion

STATUSES = ("active", "waiting", "done", "stopped", "failed")


def listing(account: Account, *, search: str = "", status: str = "") -> QuerySet[Workflow]:
    """The account's workflows, newest first, each with `inside` and `failed`: how many enrollments are so."""
    rows = Workflow.objects.filter(account=account, deleted_at=None).order_by("-id")
    if text := storable(search).strip():
        rows = rows.filter(name__icontains=text)
    if status:
        rows = rows.filter(status=status)
    inside = Count("enrollments", filter=Q(enrollments__status__in=("active", "waiting")))
    return rows.annotate(inside=inside, failed=Count("enrollments", filter=Q(enrollments__status="failed")))


def get(account: Account, workflow_id: UUID | str) -> Workflow:
    """The account's workflow. Raises Problem("not_found"), also for a deleted one."""
    key = as_uuid(workflow_id)
    found = Workflow.objects.filter(account=account, pk=key, deleted_at=None).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def status_counts(account: Account) -> dict[str, int]:
    """How many workflows have each status."""
    rows = Workflow.objects.filter(account=account, deleted_at=None).values_list("status").annotate(n=Count("id"))
    return dict(rows.order_by())


def is_changed(workflow: Workflow) -> bool:
    """Does the draft differ from what is published? Not for one that was never published."""
    if workflow.published_version is None:
        return False
    published = workflow.versions.filter(number=workflow.published_version)
    return published.values_list("document", flat=True).first() != workflow.draft


def faults(workflow: Workflow) -> dict[str, str]:
    """What forbids publishing the draft, at its steps."""
    return documents.faults(workflow.draft, workflow.account)


def versions(workflow: Workflow) -> QuerySet[WorkflowVersion]:
    return workflow.versions.order_by("-number")


def enrollments(
    account: Account,
    *,
    workflow: UUID | None = None,
    contact: UUID | None = None,
    status: str = "",
    search: str = "",
) -> QuerySet[Enrollment]:
    """Newest first, with contact and workflow; `search` looks at the contact's name and address."""
    rows = Enrollment.objects.filter(account=account).select_related("contact", "workflow", "version").order_by("-id")
    if workflow:
        rows = rows.filter(workflow_id=workflow)
    if contact:
        rows = rows.filter(contact_id=contact)
    if status:
        rows = rows.filter(status=status)
    if text := storable(search).strip():
        rows = rows.filter(Q(contact__name__icontains=text) | Q(contact__email__icontains=text))
    return rows


def counts(workflow: Workflow) -> dict[str, int]:
    """How many enrollments have each status."""
    rows = Enrollment.objects.filter(workflow=workflow).values_list("status").annotate(n=Count("id")).order_by()
    return dict.fromkeys(STATUSES, 0) | dict(rows)


def enrollment(account: Account, enrollment_id: UUID | str) -> Enrollment:
    key = as_uuid(enrollment_id)
    found = enrollments(account).filter(pk=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def step_runs(one: Enrollment) -> list[RunView]:
    """The execution log, oldest first, with what became of each message: two statements."""
    runs = list(one.runs.order_by("visit", "id"))
    sent = Message.objects.filter(account_id=one.account_id, pk__in=[run.message_id for run in runs if run.message_id])
    messages = {message.id: message for message in sent.defer("text", "html", "ics")}
    return [RunView(run, messages.get(run.message_id) if run.message_id else None) for run in runs]


@dataclass(frozen=True, slots=True)
class WorkflowView:
    """A workflow as the API shows it."""

    workflow: Workflow

    def as_dict(self) -> dict[str, Any]:
        one = self.workflow
        document = {key: value for key, value in one.draft.items() if key != "schema"}
        return {
            "id": str(one.id),
            **document,
            "status": one.status,
            "published_version": one.published_version,
            "created_at": iso(one.created_at),
            "updated_at": iso(one.updated_at),
        }


@dataclass(frozen=True, slots=True)
class RunView:
    """One visit of a step. `delivery` is the state of the message it sent: what its provider said, not what we hoped."""

    run: StepRun
    message: Message | None = None

    def as_dict(self) -> dict[str, Any]:
        run, message = self.run, self.message
        return {
            "step": run.step,
            "type": run.type,
            "visit": run.visit,
            "status": run.status,
            "outcome": run.outcome,
            "error": run.error,
            "message": str(run.message_id) if run.message_id else None,
            "delivery": message.status if message else None,
            "delivery_error": (message.error or None) if message else None,
            "started_at": iso(run.started_at),
            "finished_at": instant(run.finished_at),
        }


@dataclass(frozen=True, slots=True)
class EnrollmentView:
    """An enrollment as the API shows it; `runs` None leaves the log out."""

    enrollment: Enrollment
    runs: list[RunView] | None = None

    def as_dict(self) -> dict[str, Any]:
        one = self.enrollment
        found: dict[str, Any] = {
            "id": str(one.id),
            "workflow": str(one.workflow_id),
            "version": one.version.number,
            "contact": str(one.contact_id) if one.contact_id else None,
            "trigger": one.trigger,
            "event": str(one.cause_event_id) if one.cause_event_id else None,
            "status": one.status,
            "reason": one.reason,
            "resume_at": instant(one.resume_at),
            "outputs": one.outputs,
            "created_at": iso(one.created_at),
            "finished_at": instant(one.finished_at),
        }
        return found if self.runs is None else {**found, "steps": [self.step(run) for run in self.runs]}

    def step(self, run: RunView) -> dict[str, Any]:
        """What still waited when the enrollment was stopped waits no more."""
        told = run.as_dict()
        left = self.enrollment.status == "stopped" and told["status"] in ("waiting", "retrying")
        return {**told, "status": "stopped"} if left else told


def instant(at: datetime | None) -> str | None:
    return iso(at) if at else None

"""The draft: made, saved, thrown away. What runs is never touched here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.idempotency import claim as claim_key
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.workflows import clocks, documents
from admitone.workflows.engine import LIVE
from admitone.workflows.models import Enrollment, Workflow


@transaction.atomic
def create_workflow(
    *,
    account: Account,
    document: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    unfinished: bool = False,
    idempotency: Idempotency | None = None,
) -> Workflow:
    """A new draft. Problem("invalid") names every fault at its step; `unfinished` keeps one that cannot be published yet."""
    cleaned = documents.clean(document)
    if not unfinished:
        refuse(documents.faults(cleaned, account))
    workflow = Workflow(id=uuid7(), account=account, draft=cleaned, name=cleaned["name"], created_at=now)
    before = claim_key(idempotency, kind="workflow", resource_id=workflow.id, now=now)
    if before:
        return Workflow.objects.get(pk=before)
    workflow.updated_at = now
    workflow.save(force_insert=True)
    tell(workflow, "workflow.created", actor, now)
    return workflow


@transaction.atomic
def save_draft(
    *, account: Account, workflow_id: UUID | str, document: Mapping[str, Any], actor: Actor, now: datetime
) -> Workflow:
    """Keep what is being edited, finished or not; Problem("invalid") only for what has not the form of a workflow."""
    workflow = locked(account, workflow_id)
    store(workflow, document, actor, now)
    return workflow


def store(workflow: Workflow, document: Mapping[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Write the draft of a locked workflow, if it differs; the draft as it is stored."""
    cleaned = documents.clean(document)
    if cleaned != workflow.draft:
        workflow.draft, workflow.name, workflow.updated_at = cleaned, cleaned["name"], now
        workflow.save(update_fields=["draft", "name", "updated_at"])
        tell(workflow, "workflow.changed", actor, now)
    return cleaned


@transaction.atomic
def delete_workflow(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime) -> Workflow:
    """Nobody enters any more, and who is inside is let go; the history stays."""
    workflow = locked(account, workflow_id)
    workflow.deleted_at = workflow.updated_at = now
    workflow.save(update_fields=["deleted_at", "updated_at"])
    workflow.subscriptions.all().delete()
    clocks.stop(workflow)
    inside = Enrollment.objects.filter(workflow=workflow, status__in=LIVE)
    inside.update(status="stopped", reason="Stopped: the workflow was deleted.", finished_at=now, path=None, awaits="")
    tell(workflow, "workflow.deleted", actor, now)
    return workflow


def locked(account: Account, workflow_id: UUID | str) -> Workflow:
    """The account's workflow, locked until the transaction ends.

    Rows that name it can still be written: PostgreSQL looks at their key at COMMIT, with the run's own lock held.
    """
    key = as_uuid(workflow_id)
    rows = Workflow.objects.select_for_update(no_key=True).filter(account=account, deleted_at=None)
    workflow = rows.filter(pk=key).first() if key else None
    if workflow is None:
        raise Problem("not_found")
    return workflow


def refuse(faults: documents.Faults) -> None:
    if faults:
        first = next(iter(faults.items()))
        raise Problem("invalid", f"{first[0]}: {first[1]}", fields=faults)


def tell(workflow: Workflow, kind: str, actor: Actor, now: datetime, **more: Any) -> None:
    record(
        account_id=workflow.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="workflow",
        subject_id=workflow.id,
        facts={"workflow": str(workflow.id), **more},
    )

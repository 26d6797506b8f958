"""Take back: a deletion within 30 days, the draft as it was once published; let many go at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.workflows.engine import LIVE
from admitone.workflows.models import Enrollment, Workflow
from admitone.workflows.services.editing import locked, save_draft, tell
from admitone.workflows.services.publishing import subscribe

UNDO = timedelta(days=30)


@transaction.atomic
def restore_workflow(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime) -> Workflow:
    """Undo a deletion within 30 days. One that was published comes back paused; who was inside stays out."""
    key = as_uuid(workflow_id)
    rows = Workflow.objects.select_for_update().filter(account=account, deleted_at__gt=now - UNDO)
    workflow = rows.filter(pk=key).first() if key else None
    if workflow is None:
        raise Problem("not_found")
    version = workflow.versions.filter(number=workflow.published_version or 0).first()
    workflow.deleted_at, workflow.updated_at = None, now
    if version is not None:
        workflow.status = "paused"
        subscribe(workflow, version.document)
    workflow.save(update_fields=["deleted_at", "status", "updated_at"])
    tell(workflow, "workflow.restored", actor, now)
    return workflow


@transaction.atomic
def restore_version(*, account: Account, workflow_id: UUID | str, number: int, actor: Actor, now: datetime) -> Workflow:
    """A version's document as the draft; what runs does not change until it is published."""
    workflow = locked(account, workflow_id)
    version = workflow.versions.filter(number=number).first()
    if version is None:
        raise Problem("not_found")
    return save_draft(account=account, workflow_id=workflow.id, document=version.document, actor=actor, now=now)


@transaction.atomic
def stop_many(
    *,
    account: Account,
    workflow_id: UUID | str,
    actor: Actor,
    now: datetime,
    ids: Sequence[Any] | None = None,
    status: str = "",
) -> int:
    """End these enrollments, or all (of a status) that are not over; the number that were stopped."""
    workflow = locked(account, workflow_id)
    rows = Enrollment.objects.filter(account=account, workflow=workflow, status__in=(*LIVE, "failed"))
    if ids is not None:
        rows = rows.filter(pk__in=[key for one in ids if (key := as_uuid(one))])
    if status:
        rows = rows.filter(status=status)
    changed = rows.update(
        status="stopped",
        reason="Stopped by hand.",
        finished_at=now,
        updated_at=now,
        path=None,
        resume_at=None,
        waiting_for=None,
        awaits="",
        fence=F("fence") + 1,
    )
    if changed:
        tell(workflow, "workflow.emptied", actor, now, stopped=changed)
    return changed

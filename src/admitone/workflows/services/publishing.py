"""Publish a draft as a version that never changes; pause and resume what runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from admitone.accounts.models import Account
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.workflows import clocks, documents
from admitone.workflows.engine import LIVE, start
from admitone.workflows.models import Enrollment, Subscription, Workflow, WorkflowVersion
from admitone.workflows.registry import triggers
from admitone.workflows.services.editing import locked, refuse, tell


@transaction.atomic
def publish(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime) -> WorkflowVersion:
    """The draft as the next version, for whoever enters from now on. Problem("invalid") names every fault at its step.

    An unchanged draft stays the version it is; a paused workflow runs again.
    """
    workflow = locked(account, workflow_id)
    document = documents.clean(workflow.draft)
    refuse(documents.faults(document, account))
    version, made = versioned(workflow, document, actor, now)
    was_paused = workflow.status == "paused"
    workflow.settings, workflow.published_version = document["settings"], version.number
    workflow.status, workflow.updated_at = "published", now
    workflow.save(update_fields=["settings", "published_version", "status", "updated_at"])
    subscribe(workflow, document)
    clocks.wind(workflow, document, now)
    if made:
        tell(workflow, "workflow.published", actor, now, version=version.number)
    if was_paused:
        go_on(workflow, now)
        tell(workflow, "workflow.resumed", actor, now)
    return version


def versioned(
    workflow: Workflow, document: dict[str, Any], actor: Actor, now: datetime
) -> tuple[WorkflowVersion, bool]:
    last = workflow.versions.order_by("-number").first()
    if last is not None and last.document == document:
        return last, False
    version = WorkflowVersion.objects.create(
        workflow=workflow,
        number=last.number + 1 if last else 1,
        document=document,
        published_at=now,
        by=f"{actor.kind}:{actor.id}"[:80],
    )
    return version, True


def subscribe(workflow: Workflow, document: dict[str, Any]) -> None:
    workflow.subscriptions.all().delete()
    Subscription.objects.bulk_create(
        Subscription(
            account_id=workflow.account_id,
            workflow=workflow,
            kind=kind,
            trigger=row["type"],
            filters=row["filters"],
        )
        for row in document["triggers"]
        for kind in triggers()[row["type"]].events
    )


@transaction.atomic
def pause(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime) -> Workflow:
    """Nobody enters, and who is inside stays where they are until it is resumed."""
    workflow = locked(account, workflow_id)
    if workflow.status == "draft":
        raise Problem("invalid", "Publish the workflow first.")
    if workflow.status != "paused":
        set_status(workflow, "paused", now)
        clocks.stop(workflow)
        tell(workflow, "workflow.paused", actor, now)
    return workflow


@transaction.atomic
def resume(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime) -> Workflow:
    """Run again; waits that ended meanwhile go on at once."""
    workflow = locked(account, workflow_id)
    if workflow.status == "draft":
        raise Problem("invalid", "Publish the workflow first.")
    if workflow.status == "paused":
        set_status(workflow, "published", now)
        clocks.wind(workflow, workflow.versions.get(number=workflow.published_version or 0).document, now)
        go_on(workflow, now)
        tell(workflow, "workflow.resumed", actor, now)
    return workflow


def set_status(workflow: Workflow, status: str, now: datetime) -> None:
    workflow.status, workflow.updated_at = status, now
    workflow.save(update_fields=["status", "updated_at"])


def go_on(workflow: Workflow, now: datetime) -> None:
    """Look at everybody whose time came, or whose event may have come, while nothing moved."""
    due = Q(status="active") | Q(resume_at__lte=now) | ~Q(awaits="")
    rows = Enrollment.objects.filter(due, workflow=workflow, status__in=LIVE)
    start(list(rows.only("id", "account_id")))

"""Change a workflow from outside the builder: what is written so can be published as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.events import Actor
from admitone.workflows import documents
from admitone.workflows.models import Workflow
from admitone.workflows.services.editing import locked, refuse, save_draft
from admitone.workflows.services.publishing import pause, publish

RUNNING = frozenset({"triggers", "steps"})


@transaction.atomic
def change_workflow(
    *,
    account: Account,
    workflow_id: UUID | str,
    changes: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    status: Literal["published", "paused"] | None = None,
) -> Workflow:
    """Replace parts of the draft, then publish or pause; all of it or nothing.

    Problem("invalid") names every fault at its step if triggers or steps are among the changes.
    """
    workflow = locked(account, workflow_id)
    if changes:
        document = {**workflow.draft, **changes}
        workflow = save_draft(account=account, workflow_id=workflow.id, document=document, actor=actor, now=now)
        if RUNNING & set(changes):
            refuse(documents.faults(workflow.draft, account))
    if status == "published":
        publish(account=account, workflow_id=workflow.id, actor=actor, now=now)
    elif status == "paused":
        pause(account=account, workflow_id=workflow.id, actor=actor, now=now)
    return Workflow.objects.get(pk=workflow.pk)

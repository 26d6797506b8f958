"""Workflows and message templates that were deleted long ago go for good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from admitone.events import SYSTEM
from admitone.messaging.models import MessageTemplate
from admitone.workflows.models import Enrollment, Workflow, WorkflowVersion
from admitone.workflows.services import message_templates
from admitone.workflows.services.editing import tell
from admitone.workflows.services.restoring import UNDO


@transaction.atomic
def purge_runs(*, now: datetime, limit: int) -> int:
    """Remove up to `limit` runs of workflows that were deleted 30 days ago; how many."""
    rows = Enrollment.objects.filter(workflow__deleted_at__lt=now - UNDO).order_by("id")
    ids = list(rows.values_list("id", flat=True)[:limit])
    Enrollment.objects.filter(id__in=ids).delete()
    return len(ids)


@transaction.atomic
def purge_workflows(*, now: datetime, limit: int) -> int:
    """Remove up to `limit` of those workflows whose runs are gone; how many."""
    rows = Workflow.objects.filter(deleted_at__lt=now - UNDO, enrollments=None).order_by("id")
    found = list(rows[:limit])
    for workflow in found:
        tell(workflow, "workflow.purged", SYSTEM, now)
    Workflow.objects.filter(id__in=[one.id for one in found]).delete()
    return len(found)


def purge_templates(*, now: datetime) -> None:
    """Remove message templates that were deleted 30 days ago; what a workflow still sends with stays."""
    rows = MessageTemplate.objects.filter(deleted_at__lt=now - message_templates.UNDO).order_by("id")
    for template in rows.iterator():
        if not _is_used(template):
            _purge(template, now)


def _is_used(template: MessageTemplate) -> bool:
    """Is it named by a draft, or by what was ever published of a workflow that can still run or be restored?"""
    named = {"text__contains": str(template.id)}
    drafts = Workflow.objects.filter(account=template.account_id).annotate(text=Cast("draft", TextField()))
    versions = WorkflowVersion.objects.filter(workflow__account=template.account_id)
    versions = versions.annotate(text=Cast("document", TextField()))
    return drafts.filter(**named).exists() or versions.filter(**named).exists()


@transaction.atomic
def _purge(template: MessageTemplate, now: datetime) -> None:
    message_templates.tell(template, SYSTEM, now, "message_template.purged")
    template.delete()

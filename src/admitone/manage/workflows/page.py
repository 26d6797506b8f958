"""The frame of a workflow's pages: which workflow it is, its state, who may change it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from admitone.accounts import permissions
from admitone.manage.context import AccountRequest
from admitone.workflows import queries
from admitone.workflows.models import Workflow


def may_edit(request: AccountRequest) -> bool:
    return permissions.allows(request.role, "manage_workflows")


def find(request: AccountRequest, workflow_id: UUID) -> Workflow:
    """The account's workflow, with the account at hand."""
    workflow = queries.get(request.account, workflow_id)
    workflow.account = request.account
    return workflow


def editable(request: AccountRequest, workflow_id: UUID) -> Workflow:
    """The same for who may change it; Problem("forbidden") for others."""
    workflow = find(request, workflow_id)
    permissions.require(request.role, "manage_workflows")
    return workflow


def who(request: AccountRequest, workflow: Workflow) -> dict[str, Any]:
    """What every service of a workflow takes."""
    return {"account": request.account, "workflow_id": workflow.id, "actor": request.actor, "now": timezone.now()}


def frame(request: AccountRequest, workflow: Workflow, tab: str) -> dict[str, Any]:
    """What manage/workflows/base.html shows; `tab` is builder, settings, enrollments, log or versions."""
    return {
        "workflow": workflow,
        "tab": tab,
        "changed": queries.is_changed(workflow),
        "may_edit": may_edit(request),
        "zone": request.user.timezone or request.account.timezone,
    }


def show(
    request: AccountRequest, workflow: Workflow, tab: str, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a template in the frame of a workflow."""
    return render(request, template, {**frame(request, workflow, tab), **context}, status=status)

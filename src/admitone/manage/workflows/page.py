"""The frame of a workflow's pages: which workflow it is, its state, who may change it."""

from __future__ import annotations

from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, View
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


def swapped(view: View) -> View:
    """A refusal inside a builder that is drawn anew in place: a message on the builder, not a page instead of it."""

    @wraps(view)
    def wrapper(request: AccountRequest, account: Account, workflow_id: UUID, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, account, workflow_id, **kwargs)
        except Problem as problem:
            if "HX-Request" not in request.headers or problem.status not in (404, 409, 422):
                raise
            gone = problem.status == 404
            messages.error(request, _("That is no longer there.") if gone else said(problem))
            return redirect("manage:workflow", account.slug, workflow_id)

    return wrapper


def said(problem: Problem) -> str:
    return next(iter(problem.fields.values()), problem.detail)


def show(
    request: AccountRequest, workflow: Workflow, tab: str, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a template in the frame of a workflow."""
    return render(request, template, {**frame(request, workflow, tab), **context}, status=status)

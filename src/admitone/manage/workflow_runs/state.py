"""Pause, go on, delete and take the deletion back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.workflows.page import editable, who
from admitone.workflows import queries, services
from admitone.workflows.models import Workflow
from admitone.workflows.services.restoring import UNDO, restore_workflow

PAGE = 50


@require_POST
@in_account("admin")
def pause(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    try:
        services.pause(**who(request, workflow))
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("Paused. Nobody enters, and whoever is inside stays where they are."))
    return redirect("manage:workflow_settings", account.slug, workflow.id)


@require_POST
@in_account("admin")
def resume(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    try:
        services.resume(**who(request, workflow))
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("It runs again. Waits that ended meanwhile go on at once."))
    return redirect("manage:workflow_settings", account.slug, workflow.id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def remove(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """Asks first; once deleted, the same address offers to take it back for 30 days."""
    workflow = Workflow.objects.filter(account=account, pk=workflow_id).first()
    now = timezone.now()
    if workflow is None or (workflow.deleted_at and workflow.deleted_at <= now - UNDO):
        raise Problem("not_found")
    if request.method == "POST" and workflow.deleted_at is None:
        services.delete_workflow(account=account, workflow_id=workflow.id, actor=request.actor, now=now)
        return redirect("manage:delete_workflow", account.slug, workflow.id)
    counts = queries.counts(workflow)
    context = {
        "workflow": workflow,
        "inside": counts["active"] + counts["waiting"],
        "until": workflow.deleted_at + UNDO if workflow.deleted_at else None,
        "zone": request.user.timezone or account.timezone,
    }
    return render(request, "manage/workflow_runs/removal.html", context)


@require_safe
@in_account("admin")
def deleted(request: AccountRequest, account: Account) -> HttpResponse:
    """What can be taken back."""
    rows = Workflow.objects.filter(account=account, deleted_at__gt=timezone.now() - UNDO).order_by("-deleted_at")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "zone": request.user.timezone or account.timezone}
    return render(request, "manage/workflow_runs/deleted.html", context)


@require_POST
@in_account("admin")
def restore(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    workflow = restore_workflow(account=account, workflow_id=workflow_id, actor=request.actor, now=timezone.now())
    if workflow.status == "paused":
        messages.success(request, _("%(name)s is back, and paused.") % {"name": workflow.name})
    else:
        messages.success(request, _("%(name)s is back.") % {"name": workflow.name})
    return redirect("manage:workflow_settings", account.slug, workflow.id)

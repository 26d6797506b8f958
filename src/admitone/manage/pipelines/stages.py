"""A pipeline's settings: its name, its stages, its deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.pipelines.views import frame
from admitone.pipelines import queries, services


def who(request: AccountRequest) -> dict[str, Any]:
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}


def done(request: AccountRequest, pipeline_id: UUID, call: Callable[[], object]) -> HttpResponse:
    """Do it and show the settings again; a refusal is told there."""
    permissions.require(request.role, "manage_pipelines")
    try:
        call()
    except Problem as problem:
        if problem.code != "invalid":
            raise
        messages.error(request, next(iter(problem.fields.values()), problem.detail))
    else:
        messages.success(request, _("Saved."))
    return redirect("manage:pipeline_settings", request.account.slug, pipeline_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def settings(request: AccountRequest, account: Account, pipeline_id: UUID) -> HttpResponse:
    """GET shows, POST renames."""
    found = queries.pipeline(account, pipeline_id)
    permissions.require(request.role, "manage_pipelines")
    if request.method == "POST":
        name = request.POST.get("name", "")
        return done(
            request,
            found.id,
            lambda: services.rename_pipeline(**who(request), pipeline_id=found.id, name=name),
        )
    counts = {column.stage.id: column.count for column in queries.board(found)}
    stages = list(found.stages.all())
    rows = [{"stage": one, "count": counts[one.id], "others": [o for o in stages if o.id != one.id]} for one in stages]
    return render(request, "manage/pipelines/settings.html", {**frame(request, found, "settings"), "rows": rows})


@require_POST
@in_account()
def add(request: AccountRequest, account: Account, pipeline_id: UUID) -> HttpResponse:
    found = queries.pipeline(account, pipeline_id)
    name = request.POST.get("name", "")
    return done(request, found.id, lambda: services.add_stage(**who(request), pipeline_id=found.id, name=name))


@require_POST
@in_account()
def rename(request: AccountRequest, account: Account, stage_id: UUID) -> HttpResponse:
    found = queries.stage(account, stage_id)
    name = request.POST.get("name", "")
    return done(request, found.pipeline_id, lambda: services.rename_stage(**who(request), stage_id=stage_id, name=name))


@require_POST
@in_account()
def move(request: AccountRequest, account: Account, stage_id: UUID) -> HttpResponse:
    """`by` is -1 (towards the start) or 1."""
    found = queries.stage(account, stage_id)
    by = -1 if request.POST.get("by") == "-1" else 1
    return done(request, found.pipeline_id, lambda: services.move_stage(**who(request), stage_id=stage_id, by=by))


@require_POST
@in_account()
def remove(request: AccountRequest, account: Account, stage_id: UUID) -> HttpResponse:
    """`into` is the stage that takes the opportunities."""
    found = queries.stage(account, stage_id)
    into = request.POST.get("into", "")
    return done(request, found.pipeline_id, lambda: services.delete_stage(**who(request), stage_id=stage_id, into=into))


@require_POST
@in_account()
def delete_pipeline(request: AccountRequest, account: Account, pipeline_id: UUID) -> HttpResponse:
    found = queries.pipeline(account, pipeline_id)
    permissions.require(request.role, "manage_pipelines")
    services.delete_pipeline(**who(request), pipeline_id=found.id)
    return render(request, "manage/pipelines/deleted.html", {"pipeline": found})


@require_POST
@in_account()
def restore_pipeline(request: AccountRequest, account: Account, pipeline_id: UUID) -> HttpResponse:
    found = queries.pipeline(account, pipeline_id, deleted=True)
    permissions.require(request.role, "manage_pipelines")
    services.restore_pipeline(**who(request), pipeline_id=found.id)
    messages.success(request, _("The pipeline is back."))
    return redirect("manage:pipeline", account.slug, found.id)

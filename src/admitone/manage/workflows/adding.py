"""New steps and triggers: the picker, and what was picked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.logic.step_edits import START
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.workflows.builder import show_builder
from admitone.manage.workflows.page import editable, swapped, who
from admitone.manage.workflows.panels import step_picker, trigger_panel, trigger_picker
from admitone.manage.workflows.params import params_of
from admitone.manage.workflows.stepping import kept, not_kept
from admitone.workflows import services
from admitone.workflows.models import Workflow
from admitone.workflows.registry import actions, triggers


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
@swapped
def step(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """A step of `type` at `place`, opened for editing if there is something to say about it."""
    workflow = editable(request, workflow_id)
    if request.method != "POST":
        return show_builder(request, workflow, panel=step_picker(request.GET.get("place", START)))
    kind = request.POST.get("type", "")
    name = services.add_step(**who(request, workflow), place=request.POST.get("place", ""), kind=kind)
    if not params_of(actions()[kind]) and not actions()[kind].branching:
        return redirect(reverse("manage:workflow", args=[account.slug, workflow.id]) + f"?at={name}#step-{name}")
    return redirect(reverse("manage:workflow_step", args=[account.slug, workflow.id, name]) + "?new=1")


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
@swapped
def trigger(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    if request.method != "POST":
        return show_builder(request, workflow, panel=trigger_picker(), picks_trigger=True)
    kind = request.POST.get("type", "")
    place = services.add_trigger(**who(request, workflow), kind=kind)
    if not params_of(triggers()[kind]):
        return redirect(reverse("manage:workflow", args=[account.slug, workflow.id]) + f"?at=trigger-{place}")
    return redirect("manage:workflow_trigger", account.slug, workflow.id, place)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def filters(request: AccountRequest, account: Account, workflow_id: UUID, place: int) -> HttpResponse:
    """What a trigger reacts to."""
    workflow = editable(request, workflow_id)
    known(workflow, place)
    if request.method != "POST":
        panel = trigger_panel(workflow, account, place)
        if "focus" in request.GET:
            panel.form.focus(request.GET["focus"])
        return show_builder(request, workflow, at=f"trigger-{place}", panel=panel)
    panel, by_itself = trigger_panel(workflow, account, place, request.POST), "X-Autosave" in request.headers
    try:
        services.change_trigger(
            **who(request, workflow), place=place, seen=request.POST.get("seen", ""), filters=panel.form.raw()
        )
    except Problem as problem:
        if problem.code not in ("draft_changed", "invalid"):
            raise
        return not_kept(problem) if by_itself else refused(request, workflow, place, problem)
    workflow.refresh_from_db()
    workflow.account = account
    if by_itself:
        return kept(workflow.draft["triggers"][place])
    panel = trigger_panel(workflow, account, place, request.POST)
    if panel.form.errors:
        panel.form.focus()
        return show_builder(request, workflow, at=f"trigger-{place}", panel=panel, unfinished=True, status=422)
    return redirect(reverse("manage:workflow", args=[account.slug, workflow.id]) + f"?at=trigger-{place}")


def refused(request: AccountRequest, workflow: Workflow, place: int, problem: Problem) -> HttpResponse:
    workflow.refresh_from_db()
    workflow.account = request.account
    known(workflow, place)
    panel = trigger_panel(workflow, request.account, place, request.POST, conflict=problem.code == "draft_changed")
    panel.notes = list(problem.fields.values())
    return show_builder(request, workflow, at=f"trigger-{place}", panel=panel, status=problem.status)


def known(workflow: Workflow, place: int) -> None:
    rows = workflow.draft["triggers"]
    if place >= len(rows) or rows[place]["type"] not in triggers():
        raise Problem("not_found")


@require_POST
@in_account()
@swapped
def remove_trigger(request: AccountRequest, account: Account, workflow_id: UUID, place: int) -> HttpResponse:
    workflow = editable(request, workflow_id)
    if place >= len(workflow.draft["triggers"]):
        raise Problem("not_found")
    services.remove_trigger(**who(request, workflow), place=place, seen=request.POST.get("seen", ""))
    return redirect("manage:workflow", account.slug, workflow.id)

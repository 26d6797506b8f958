"""One step: its form, and what its menu does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.logic import branch_rows, step_edits
from admitone.logic.errors import Problem
from admitone.logic.identity import storable
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.workflows import branching
from admitone.manage.workflows.builder import show_builder
from admitone.manage.workflows.page import editable, swapped, who
from admitone.manage.workflows.panels import faults_of, move_panel, step_panel
from admitone.manage.workflows.step_form import ParamForm
from admitone.workflows import services
from admitone.workflows.editing import revision, title_of
from admitone.workflows.models import Workflow
from admitone.workflows.registry import actions

UNDO = "workflow_undo"


def step_of(workflow: Workflow, name: str) -> dict[str, Any]:
    """The step of this name; Problem("not_found")."""
    try:
        step = step_edits.find(workflow.draft["steps"], name)
    except LookupError as error:
        raise Problem("not_found") from error
    if step["type"] not in actions():
        raise Problem("invalid", _("This kind of step is not installed here. It can only be deleted."))
    return step


def to_canvas(request: AccountRequest, workflow: Workflow, at: str = "") -> HttpResponse:
    url = reverse("manage:workflow", args=[request.account.slug, workflow.id])
    return redirect(f"{url}?at={at}#step-{at}" if at else url)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def edit(request: AccountRequest, account: Account, workflow_id: UUID, step_name: str) -> HttpResponse:
    workflow = editable(request, workflow_id)
    step = step_of(workflow, step_name)
    if request.method == "POST":
        return save(request, workflow, step)
    quiet = "new" in request.GET
    panel = step_panel(workflow, account, step, quiet=quiet)
    if "focus" in request.GET:
        panel.form.focus(request.GET["focus"])
    return show_builder(request, workflow, at=step_name, panel=panel, quiet=quiet)


def save(request: AccountRequest, workflow: Workflow, step: dict[str, Any]) -> HttpResponse:
    """Keep what was typed, finished or not; faults are shown at their fields."""
    kind, data, do = actions()[step["type"]], request.POST, request.POST.get("do", "")
    form = ParamForm(kind, request.account, step["params"], data, workflow.draft["steps"], step["name"])
    by_itself = "X-Autosave" in request.headers
    editor, rows = branching.editor_of(kind), None
    if editor:
        rows = branching.rows_from(data)
        rows = branch_rows.changed(rows, do, branching.name_for(do, rows))
    try:
        name = services.change_step(
            **who(request, workflow),
            name=step["name"],
            seen=data.get("seen", ""),
            label=title_of(step) if by_itself else storable(data.get("label", "")),
            params=form.raw(),
            branches=writer(rows, conditional=editor == "conditions") if rows is not None else None,
        )
    except Problem as problem:
        if problem.code not in ("draft_changed", "invalid"):
            raise
        return not_kept(problem) if by_itself else refused(request, workflow, step, rows, problem)
    workflow.refresh_from_db()
    workflow.account = request.account
    if by_itself:
        return kept(step_of(workflow, name))
    if do:  # a press inside the form: go on editing where it was pressed
        url = reverse("manage:workflow_step", args=[request.account.slug, workflow.id, name])
        return redirect(f"{url}?new=1#branches" if "new" in request.GET else f"{url}#branches")
    if faults_of(workflow, request.account, name):
        panel = step_panel(workflow, request.account, step_of(workflow, name), data)
        panel.form.focus()
        return show_builder(request, workflow, at=name, panel=panel, unfinished=True, status=422)
    return to_canvas(request, workflow, name)


def kept(part: Mapping[str, Any]) -> JsonResponse:
    """What a panel that saved by itself needs to go on."""
    return JsonResponse({"seen": revision(part)})


def not_kept(problem: Problem) -> JsonResponse:
    """The panel stays as it is; pressing Save says what is wrong."""
    return JsonResponse({"code": problem.code}, status=problem.status)


def writer(rows: list[branch_rows.Row], *, conditional: bool) -> Any:
    return lambda before: branch_rows.stored(rows, before, conditional=conditional)


def refused(
    request: AccountRequest,
    workflow: Workflow,
    step: dict[str, Any],
    rows: list[branch_rows.Row] | None,
    problem: Problem,
) -> HttpResponse:
    """The form with what was typed, the state of the draft as it is now behind it."""
    workflow.refresh_from_db()
    workflow.account = request.account
    conflict = problem.code == "draft_changed"
    panel = step_panel(workflow, request.account, step_of(workflow, step["name"]), request.POST, rows=rows)
    panel.conflict = conflict
    if not conflict:
        panel.notes += list(problem.fields.values()) or [problem.detail]
    return show_builder(request, workflow, at=step["name"], panel=panel, status=problem.status)


@require_POST
@in_account()
@swapped
def act(request: AccountRequest, account: Account, workflow_id: UUID, step_name: str) -> HttpResponse:
    """`do`: duplicate, disable, enable, up, down."""
    workflow = editable(request, workflow_id)
    step, call, do = step_of(workflow, step_name), who(request, workflow), request.POST.get("do", "")
    at = step_name
    if do == "duplicate":
        at = services.duplicate_step(**call, name=step_name)
        messages.success(request, _("Duplicated."))
    elif do in ("disable", "enable"):
        services.switch_step(**call, name=step_name, disabled=do == "disable")
        said = _("%(step)s is switched off.") if do == "disable" else _("%(step)s is switched on.")
        messages.success(request, said % {"step": title_of(step)})
    elif do in ("up", "down"):
        services.shift_step(**call, name=step_name, by=-1 if do == "up" else 1)
    return to_canvas(request, workflow, at)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
@swapped
def move(request: AccountRequest, account: Account, workflow_id: UUID, step_name: str) -> HttpResponse:
    """To `place`; GET offers every place there is."""
    workflow = editable(request, workflow_id)
    step = step_of(workflow, step_name)
    if request.method != "POST":
        return show_builder(request, workflow, at=step_name, panel=move_panel(workflow, step))
    services.move_step(**who(request, workflow), name=step_name, place=request.POST.get("place", ""))
    messages.success(request, _("%(step)s is moved.") % {"step": title_of(step)})
    return to_canvas(request, workflow, step_name)


@require_POST
@in_account()
@swapped
def remove(request: AccountRequest, account: Account, workflow_id: UUID, step_name: str) -> HttpResponse:
    """It can be put back from the message that says so."""
    workflow = editable(request, workflow_id)
    try:
        place, step = services.remove_step(**who(request, workflow), name=step_name)
    except Problem as problem:
        if problem.code != "draft_changed":
            raise
        raise Problem("not_found") from problem
    request.session[UNDO] = {"workflow": str(workflow.id), "place": place, "step": step}
    url = reverse("manage:undo_workflow_step", args=[account.slug, workflow.id])
    words = _("%(step)s is deleted.") % {"step": title_of(step)}
    undo = {"words": words, "url": url, "swap": True}
    messages.success(
        request, render_to_string("manage/workflows/_undo.html", undo, request=request), extra_tags="toast--stays"
    )
    return to_canvas(request, workflow, place[6:] if place.startswith("after:") else "")


@require_POST
@in_account()
@swapped
def undo(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """Put the step that was deleted last back where it stood."""
    workflow = editable(request, workflow_id)
    kept = request.session.pop(UNDO, None)
    if not kept or kept["workflow"] != str(workflow.id):
        raise Problem("invalid", _("There is nothing to put back."))
    services.restore_step(**who(request, workflow), place=kept["place"], step=kept["step"])
    return to_canvas(request, workflow, kept["step"]["name"])

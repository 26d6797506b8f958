"""The builder's page: the canvas, what is wrong with it, and the panel of the step that is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from admitone.logic import step_edits
from admitone.manage.context import AccountRequest
from admitone.manage.workflows.canvas import canvas_of
from admitone.manage.workflows.page import may_edit, show
from admitone.manage.workflows.panels import step_picker, trigger_picker
from admitone.workflows import queries
from admitone.workflows.editing import title_of
from admitone.workflows.models import Workflow
from admitone.workflows.registry import Configurable, actions, triggers


def show_builder(
    request: AccountRequest,
    workflow: Workflow,
    *,
    at: str = "",
    panel: Any = None,
    refused: bool = False,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """`at` is the step to look at, `panel` what stands beside the canvas; `refused` lists what forbids publication."""
    faults = queries.faults(workflow)
    return show(
        request,
        workflow,
        "builder",
        "manage/workflows/builder.html",
        status=status,
        canvas=canvas_of(workflow, faults),
        faults=[told(workflow, where, text) for where, text in faults.items()],
        refused=refused,
        at=at,
        panel=panel,
        **(pickers() if may_edit(request) else {}),
        **context,
    )


def pickers() -> dict[str, Any]:
    return {"step_picks": step_picker(step_edits.START), "trigger_picks": trigger_picker()}


def told(workflow: Workflow, where: str, text: str) -> dict[str, str]:
    """A fault with the words and the address of what it is about."""
    words = where.split(".")
    field = ".".join(words[2:])
    found = {"step": "", "trigger": "", "title": "", "field": field, "label": "", "text": text}
    if words[0] == "steps" and len(words) > 1:
        step = step_edits.find(workflow.draft["steps"], words[1])
        label = label_of(actions().get(step["type"]), field)
        return {**found, "step": words[1], "title": title_of(step), "label": label}
    if words[0] == "triggers" and len(words) > 1:
        kind = triggers().get(workflow.draft["triggers"][int(words[1])]["type"])
        return {**found, "trigger": words[1], "title": str(kind.label if kind else ""), "label": label_of(kind, field)}
    return found


def label_of(kind: type[Configurable] | None, field: str) -> str:
    return str(kind.labels.get(field.partition(".")[0], "")) if kind else ""

"""The builder's page: the canvas, what is wrong with it, and the panel of the step that is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from admitone.logic import step_edits
from admitone.manage.context import AccountRequest
from admitone.manage.workflows.canvas import canvas_of
from admitone.manage.workflows.page import show
from admitone.workflows import queries
from admitone.workflows.editing import title_of
from admitone.workflows.models import Workflow


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
        **context,
    )


def told(workflow: Workflow, where: str, text: str) -> dict[str, str]:
    """A fault with the words and the address of what it is about."""
    words = where.split(".")
    if words[0] == "steps" and len(words) > 1:
        try:
            title = title_of(step_edits.find(workflow.draft["steps"], words[1]))
        except LookupError:
            title = words[1]
        return {"step": words[1], "trigger": "", "title": title, "field": ".".join(words[2:]), "text": text}
    if words[0] == "triggers" and len(words) > 1:
        return {"step": "", "trigger": words[1], "title": "", "field": ".".join(words[2:]), "text": text}
    return {"step": "", "trigger": "", "title": "", "field": "", "text": text}

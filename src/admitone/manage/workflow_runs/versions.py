"""Versions: who published what when, what differs between any two, and an old one back into the draft."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts.models import Account, User
from admitone.accounts.queries import as_uuid
from admitone.logic.document_diff import Change, Value, diff
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.workflow_runs.naming import Names, setting_label
from admitone.manage.workflows.page import editable, find, show, who
from admitone.ui.formats import weekday_heads
from admitone.workflows.models import Workflow, WorkflowVersion
from admitone.workflows.reasons import phrase
from admitone.workflows.registry import Configurable, actions, triggers
from admitone.workflows.services.restoring import restore_version

PAGE = 50
DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a change, in words; "" where there was or is none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    change: Change
    title: str
    icon: str
    lines: list[Line]


@require_safe
@in_account("admin")
def versions(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """In the URL: from, to: numbers of versions, or "draft"."""
    workflow = find(request, workflow_id)
    rows = workflow.versions.order_by("-number").defer("document")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    numbers = list(rows.values_list("number", flat=True))
    before, after = asked(request, workflow, numbers)
    return show(
        request,
        workflow,
        "versions",
        "manage/workflow_runs/versions.html",
        page=page,
        authors=authors(page),
        numbers=[str(number) for number in numbers],
        before=before,
        after=after,
        changes=compared(workflow, before, after) if before else None,
    )


def asked(request: AccountRequest, workflow: Workflow, numbers: list[int]) -> tuple[str, str]:
    """What to compare: as asked, else the published version with the draft, else nothing."""
    choices = {DRAFT, *map(str, numbers)}
    before, after = request.GET.get("from", ""), request.GET.get("to", "")
    if before in choices and after in choices:
        return before, after
    return (str(workflow.published_version), DRAFT) if workflow.published_version else ("", "")


def authors(rows: Iterable[WorkflowVersion]) -> dict[str, str]:
    """`by` -> a name."""
    found = {row.by: row.by.partition(":")[0] for row in rows}
    ids = {by: as_uuid(by.partition(":")[2]) for by in found if by.startswith("user:")}
    people = {
        user.id: user.get_full_name() for user in User.objects.filter(pk__in=[key for key in ids.values() if key])
    }
    words = {"api_key": _("API"), "system": _("by itself"), "user": _("somebody who has left")}
    named = {by: words.get(kind, kind) for by, kind in found.items()}
    return named | {by: people[key] for by, key in ids.items() if key in people}


def compared(workflow: Workflow, before: str, after: str) -> list[Told]:
    changes = diff(document(workflow, before), document(workflow, after))
    names = Names.of(workflow.account, (value for change in changes for value in change.values))
    rows = [told(change, names) for change in changes]
    settings = [row for row in rows if row.change.kind in ("name", "setting")]
    return [*together(settings), *(row for row in rows if row not in settings)]


def together(settings: list[Told]) -> list[Told]:
    """All settings on one card."""
    if not settings:
        return []
    lines = [line for row in settings for line in row.lines]
    return [Told(settings[0].change, _("Settings"), "settings-2", lines)]


def document(workflow: Workflow, which: str) -> Mapping[str, Any]:
    if which == DRAFT:
        return workflow.draft
    return dict(workflow.versions.values_list("document", flat=True).get(number=int(which)))


def told(change: Change, names: Names) -> Told:
    kind: type[Configurable] | None = (triggers() if change.kind == "trigger" else actions()).get(change.type)
    title = change.label or (str(kind.label) if kind else change.type or setting_label(change.key))
    icon = getattr(kind, "icon", "zap") if change.type else "settings-2"
    lines = [
        Line(label_of(kind, value.path, change), *(named(value, side, names) for side in (value.before, value.after)))
        for value in change.values
        if not (value.path == "type" and change.what in ("added", "removed"))
    ]
    return Told(change, title, icon, lines)


def label_of(kind: type[Configurable] | None, path: str, change: Change) -> str:
    if change.kind in ("name", "setting"):
        return setting_label(path)
    own = {"type": _("Kind"), "label": _("Title"), "disabled": _("Switched off")}
    if path in own:
        return own[path]
    parts = path.split(".")
    if parts[0] == "branches" and len(parts) == 3:
        what = _("name") if parts[2] == "name" else _("condition")
        return _("Branch %(n)d: %(what)s") % {"n": int(parts[1]) + 1, "what": what}
    label = kind.labels.get(parts[0]) if kind else None
    return " > ".join([str(label or parts[0]), *parts[1:]])


def named(value: Value, side: Any, names: Names) -> str:
    if value.path == "window.days" and isinstance(side, list):
        return ", ".join(short for day, (short, _full) in enumerate(weekday_heads(0)) if day in side)
    return words(side, names)


def words(value: Any, names: Names) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(words(one, names) for one in value) or "—"
    if isinstance(value, Mapping):
        is_condition = {"op", "all", "any"} & set(value)
        return phrase(value) if is_condition else json.dumps(value, ensure_ascii=False)
    return names.of_value(str(value))


@require_POST
@in_account("admin")
def restore(request: AccountRequest, account: Account, workflow_id: UUID, number: int) -> HttpResponse:
    workflow = editable(request, workflow_id)
    try:
        restore_version(number=number, **who(request, workflow))
    except Problem as problem:
        if problem.code == "not_found":
            raise
        messages.error(request, next(iter(problem.fields.values()), problem.detail))
        return redirect("manage:workflow_versions", account.slug, workflow.id)
    messages.success(request, _("Version %(n)d is the draft now. Publish it to let it run.") % {"n": number})
    return redirect("manage:workflow", account.slug, workflow.id)

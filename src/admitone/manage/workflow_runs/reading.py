"""Enrollments and step runs in words: what a step is called, how it went, what became of its message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.accounts.models import Account
from admitone.logic import steps
from admitone.logic.identity import storable
from admitone.messaging.models import Message
from admitone.workflows.editing import title_of
from admitone.workflows.engine import LIVE, OPEN
from admitone.workflows.models import Enrollment, StepRun, Workflow, WorkflowVersion
from admitone.workflows.reasons import branch_title
from admitone.workflows.registry import actions, triggers

#: status of an enrollment or a step run -> (chip, word, tone or None for the chip's own)
LOOKS: dict[str, tuple[str, Any, str | None]] = {
    "active": ("running", gettext_lazy("Active"), None),
    "running": ("running", gettext_lazy("Running"), None),
    "waiting": ("pending", gettext_lazy("Waiting"), "info"),
    "retrying": ("pending", gettext_lazy("Trying again"), "warn"),
    "done": ("completed", gettext_lazy("Done"), "ok"),
    "skipped": ("skipped", gettext_lazy("Skipped"), None),
    "stopped": ("skipped", gettext_lazy("Stopped"), None),
    "failed": ("failed", gettext_lazy("Failed"), None),
}
EVENTS: dict[str, Any] = {
    "one_time_link.used": gettext_lazy("the link is used"),
    "one_time_link.opened": gettext_lazy("the link is opened"),
    "one_time_link.expired": gettext_lazy("the link expires"),
    "one_time_link.deleted": gettext_lazy("the link is deleted"),
    "booking.created": gettext_lazy("the contact books"),
    "booking.rescheduled": gettext_lazy("the appointment is moved"),
    "booking.cancelled": gettext_lazy("the appointment is cancelled"),
    "booking.confirmed": gettext_lazy("the appointment is confirmed"),
    "booking.declined": gettext_lazy("the request is declined"),
    "booking.no_show": gettext_lazy("the contact does not show up"),
    "form.submitted": gettext_lazy("the contact sends a form"),
    "message.received": gettext_lazy("the contact replies"),
}
#: Parts of an outcome that are told in another way.
HIDDEN = frozenset({"branch", "link", "sent", "status"})


@dataclass(frozen=True, slots=True)
class ShownEnrollment:
    """`at` is the title of the step where it stands, "" once it is over."""

    enrollment: Enrollment
    look: tuple[str, Any, str | None]
    reason: str
    at: str
    may_stop: bool


@dataclass(frozen=True, slots=True)
class ShownRun:
    """`until` and `awaits` say what it waits for; `branch` is the way it took."""

    run: StepRun
    title: str
    icon: str
    look: tuple[str, Any, str | None]
    branch: str
    words: str
    until: datetime | None
    awaits: list[str]
    outputs: dict[str, Any]
    message: Message | None
    may_retry: bool


def documents(rows: Iterable[Enrollment]) -> dict[UUID, Mapping[str, Any]]:
    """The document of each version that these enrollments run, read once."""
    ids = {row.version_id for row in rows}
    return dict(WorkflowVersion.objects.filter(pk__in=ids).values_list("id", "document"))


def shown_enrollments(rows: Sequence[Enrollment]) -> list[ShownEnrollment]:
    known = documents(rows)
    return [shown_enrollment(row, known[row.version_id]) for row in rows]


def shown_enrollment(row: Enrollment, document: Mapping[str, Any]) -> ShownEnrollment:
    return ShownEnrollment(row, LOOKS[row.status], cause(row), standing(row, document), row.status in (*LIVE, "failed"))


def cause(row: Enrollment) -> str:
    """Why the contact is in it."""
    if row.cause_facts.get("bulk"):
        return _("Enrolled with many others")
    kind = triggers().get(row.trigger)
    return str(kind.label) if kind else row.trigger


def standing(row: Enrollment, document: Mapping[str, Any]) -> str:
    if row.path is None:
        return ""
    path = steps.settle(document["steps"], tuple(row.path))
    step = steps.at(document["steps"], path) if path else None
    return title_of(step) if step else ""


def shown_runs(account: Account, runs: Sequence[StepRun]) -> list[ShownRun]:
    """Each run with its enrollment's version and its message: two statements."""
    known = documents(run.enrollment for run in runs)
    wanted = [run.message_id for run in runs if run.message_id]
    sent = Message.objects.filter(account=account, pk__in=wanted).defer("html", "ics")
    messages = {message.id: message for message in sent}
    latest = newest(runs)
    return [
        shown_run(
            run,
            known[run.enrollment.version_id],
            messages.get(run.message_id) if run.message_id else None,
            run.visit == latest[run.enrollment_id],
        )
        for run in runs
    ]


def newest(runs: Sequence[StepRun]) -> dict[UUID, int]:
    return {run.enrollment_id: run.enrollment.visits for run in runs}


def shown_run(run: StepRun, document: Mapping[str, Any], message: Message | None, is_last: bool) -> ShownRun:
    path = steps.named(document["steps"], run.step)
    step = steps.at(document["steps"], path) if path else None
    over = run.status in OPEN and run.enrollment.status not in LIVE
    outcome, kind, branch = run.outcome, actions().get(run.type), branch_of(step, run.outcome)
    until = outcome.get("until") if run.status in OPEN and not over else None
    return ShownRun(
        run=run,
        title=title_of(step) if step else run.step,
        icon=kind.icon if kind else "circle",
        look=LOOKS["stopped" if over else run.status],
        branch=branch,
        words=run.error if run.error != branch else "",
        until=datetime.fromisoformat(until) if until else None,
        awaits=[str(EVENTS.get(one, one)) for one in outcome.get("events") or () if until is not None or not over],
        outputs={} if run.status in OPEN else {k: v for k, v in outcome.items() if k not in HIDDEN and v is not None},
        message=message,
        may_retry=run.status == "failed" and is_last and run.enrollment.status == "failed",
    )


def branch_of(step: Mapping[str, Any] | None, outcome: Mapping[str, Any]) -> str:
    """The name of the branch that was taken."""
    if step is None or "branch" not in outcome:
        return ""
    rows, place = steps.branches(step), outcome["branch"]
    if place is None or place >= len(rows):
        return _("none of the branches")
    return branch_title(step, place)


def runs_of(workflow: Workflow, *, step: str = "", status: str = "", search: str = "") -> QuerySet[StepRun]:
    """The execution log, newest first."""
    rows = StepRun.objects.filter(enrollment__workflow=workflow).select_related("enrollment__contact").order_by("-id")
    if step:
        rows = rows.filter(step=step)
    if status:
        rows = rows.filter(status=status)
    if text := storable(search).strip():
        named = Q(enrollment__contact__name__icontains=text) | Q(enrollment__contact__email__icontains=text)
        rows = rows.filter(named)
    return rows


def step_names(workflow: Workflow) -> dict[str, str]:
    """Name -> title of every step that a recent version or the draft has."""
    found: dict[str, str] = {}
    recent = workflow.versions.order_by("-number").values_list("document", flat=True)[:20]
    for document in (workflow.draft, *recent):
        for _path, step in steps.walk(document.get("steps") or ()):
            found.setdefault(step["name"], title_of(step))
    return found

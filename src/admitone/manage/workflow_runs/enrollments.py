"""Enrollment history: who is in the workflow, where they stand, one with everything that happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.bookings.reading import typed
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.workflow_runs import reading
from admitone.manage.workflows.page import editable, find, show, who
from admitone.workflows import queries, services
from admitone.workflows.models import BulkEnrollment, Enrollment, Workflow
from admitone.workflows.services.restoring import stop_many

PAGE = 50


@require_safe
@in_account("admin")
def listing(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """In the URL: status, q."""
    workflow = find(request, workflow_id)
    status = request.GET.get("status", "")
    filters = {"status": status if status in queries.STATUSES else "", "search": typed(request.GET.get("q", ""))}
    rows = queries.enrollments(account, workflow=workflow.id, status=filters["status"], search=filters["search"])
    rows = rows.select_related(None).select_related("contact")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = queries.counts(workflow)
    return show(
        request,
        workflow,
        "enrollments",
        "manage/workflow_runs/enrollments.html",
        page=page,
        rows=reading.shown_enrollments(list(page)),
        filters=filters,
        segments=segments(counts, filters["status"]),
        total=sum(counts.values()),
        bulk=BulkEnrollment.objects.filter(workflow=workflow, status="running").first(),
    )


def segments(counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    named = [("", _("All"), sum(counts.values()))]
    named += [(key, str(reading.LOOKS[key][1]), counts[key]) for key in queries.STATUSES]
    return [{"key": key, "label": label, "count": count, "on": key == current} for key, label, count in named]


def found_in(request: AccountRequest, workflow: Workflow, enrollment_id: UUID) -> Enrollment:
    one = queries.enrollment(request.account, enrollment_id)
    if one.workflow_id != workflow.id:
        raise Problem("not_found")
    return one


@require_safe
@in_account("admin")
def detail(request: AccountRequest, account: Account, workflow_id: UUID, enrollment_id: UUID) -> HttpResponse:
    workflow = find(request, workflow_id)
    one = found_in(request, workflow, enrollment_id)
    runs = list(one.runs.order_by("visit", "id"))
    for run in runs:
        run.enrollment = one
    return show(
        request,
        workflow,
        "enrollments",
        "manage/workflow_runs/enrollment.html",
        one=one,
        shown=reading.shown_enrollment(one, one.version.document),
        runs=reading.shown_runs(account, runs),
        outputs=outputs_of(one),
    )


def outputs_of(one: Enrollment) -> list[tuple[str, str]]:
    """What later steps can merge, under the name they write."""
    rows = ((step, name, value) for step, made in one.outputs.items() for name, value in made.items())
    return [
        (f"steps.{step}.{name}", "" if value is None else str(value))
        for step, name, value in rows
        if name not in ("link", "sent")
    ]


@require_POST
@in_account("admin")
def stop(request: AccountRequest, account: Account, workflow_id: UUID, enrollment_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    one = found_in(request, workflow, enrollment_id)
    services.stop_enrollment(account=account, enrollment_id=one.id, actor=request.actor, now=timezone.now())
    messages.success(request, _("Stopped. Nothing more is sent to this contact by it."))
    return redirect("manage:workflow_enrollment", account.slug, workflow.id, one.id)


@require_POST
@in_account("admin")
def retry(request: AccountRequest, account: Account, workflow_id: UUID, enrollment_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    one = found_in(request, workflow, enrollment_id)
    try:
        services.retry_step(account=account, enrollment_id=one.id, actor=request.actor, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("The step is tried again."))
    if request.POST.get("back") == "log":
        return redirect("manage:workflow_log", account.slug, workflow.id)
    return redirect("manage:workflow_enrollment", account.slug, workflow.id, one.id)


@require_POST
@in_account("admin")
def stop_some(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """The ticked ones, one by its own button, or all that the filter shows."""
    workflow = editable(request, workflow_id)
    single, status, search = (request.POST.get(name, "") for name in ("one", "status", "q"))
    status = status if status in queries.STATUSES else ""
    ids: list[Any] | None = [single] if single else request.POST.getlist("ids")
    if request.POST.get("all_matching") and not single:
        rows = queries.enrollments(account, workflow=workflow.id, status=status, search=typed(search))
        ids = list(rows.order_by().values_list("id", flat=True)) if typed(search) else None
    stopped = stop_many(ids=ids, status=status if ids is None else "", **who(request, workflow))
    words = ngettext("%(n)d enrollment is stopped.", "%(n)d enrollments are stopped.", stopped)
    messages.success(request, words % {"n": stopped})
    return redirect("manage:workflow_enrollments", account.slug, workflow.id)

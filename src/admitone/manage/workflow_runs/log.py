"""The execution log: every step that ran, newest first."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from admitone.accounts.models import Account
from admitone.manage.bookings.reading import typed
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.workflow_runs import reading
from admitone.manage.workflows.page import find, show

PAGE = 50
STATUSES = ("done", "waiting", "skipped", "retrying", "failed")


@require_safe
@in_account("admin")
def log(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """In the URL: step, status, q."""
    workflow = find(request, workflow_id)
    status, names = request.GET.get("status", ""), reading.step_names(workflow)
    filters = {
        "step": request.GET.get("step", "") if request.GET.get("step", "") in names else "",
        "status": status if status in STATUSES else "",
        "search": typed(request.GET.get("q", "")),
    }
    page = Paginator(reading.runs_of(workflow, **filters), PAGE).get_page(request.GET.get("page"))
    return show(
        request,
        workflow,
        "log",
        "manage/workflow_runs/log.html",
        page=page,
        runs=reading.shown_runs(account, list(page)),
        filters=filters,
        filtered=any(filters.values()),
        steps=names.items(),
        statuses=[(key, reading.LOOKS[key][1]) for key in STATUSES],
    )

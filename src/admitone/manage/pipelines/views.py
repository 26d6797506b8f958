"""Pipelines: the board with its columns, the list, a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.bookings.reading import typed
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.pipelines import queries, services
from admitone.pipelines.models import STATUSES, Opportunity, Pipeline
from admitone.ui import formats

PAGE = 50


class PipelineForm(forms.Form):
    name = forms.CharField(required=False, label=gettext_lazy("Name"))
    stages = forms.CharField(
        required=False,
        label=gettext_lazy("Stages"),
        help_text=gettext_lazy("One a line, in order."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


def may_edit(request: AccountRequest) -> bool:
    return permissions.allows(request.role, "manage_pipelines")


def frame(request: AccountRequest, of: Pipeline, current: str) -> dict[str, Any]:
    """What every page of a pipeline shows around itself."""
    return {
        "pipeline": of,
        "others": queries.pipelines(request.account).exclude(id=of.id),
        "may_edit": may_edit(request),
        "current": current,
        "zone": request.user.timezone or request.account.timezone,
    }


def value_of(deal: Opportunity) -> str:
    return formats.money(deal.value_minor, deal.currency) if deal.value_minor else ""


@require_safe
@in_account()
def pipelines(request: AccountRequest, account: Account) -> HttpResponse:
    """The first board, or what a pipeline is."""
    first = queries.pipelines(account).first()
    if first:
        return redirect("manage:pipeline", account.slug, first.id)
    deleted = queries.deleted(account) if may_edit(request) else []
    context = {"may_edit": may_edit(request), "deleted": deleted, "zone": account.timezone}
    return render(request, "manage/pipelines/none.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_pipelines")
    form = PipelineForm(posted(request), initial={"stages": "New\nQualified\nBooked"})
    if request.method == "POST" and form.is_valid():
        stages = [line for line in form.cleaned_data["stages"].splitlines() if line.strip()]
        try:
            made = services.create_pipeline(
                account=account,
                actor=request.actor,
                now=timezone.now(),
                name=form.cleaned_data["name"],
                stages=stages,
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:pipeline", account.slug, made.id)
    return render(request, "manage/pipelines/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@in_account()
def board(request: AccountRequest, account: Account, pipeline_id: UUID) -> HttpResponse:
    """Open opportunities by stage; moved by the menu of each card, or dragged."""
    found = queries.pipeline(account, pipeline_id)
    columns = queries.board(found)
    for column in columns:
        column.totals_shown = " + ".join(formats.money(sum_, code) for code, sum_ in column.totals.items())  # type: ignore[attr-defined]
        for card in column.cards:
            card.value = value_of(card)  # type: ignore[attr-defined]
    context = {**frame(request, found, "board"), "columns": columns}
    return render(request, "manage/pipelines/board.html", context)


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account, pipeline_id: UUID) -> HttpResponse:
    """In the URL: q, stage, status, sort (name, value, created; with - the other way round)."""
    found = queries.pipeline(account, pipeline_id)
    stages = list(found.stages.all())
    chosen = next((one for one in stages if str(one.id) == request.GET.get("stage")), None)
    status = request.GET.get("status", "")
    sort = request.GET.get("sort", "")
    rows = queries.opportunities(
        account,
        pipeline=found,
        stage=chosen,
        status=status if status in STATUSES else None,
        search=typed(request.GET.get("q", "")),
        sort=sort if sort in queries.SORTS else "-created",
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.value = value_of(row)  # type: ignore[attr-defined]
    context = {
        **frame(request, found, "list"),
        "page": page,
        "stages": stages,
        "stage": chosen,
        "status": status,
        "statuses": STATUSES,
        "search": typed(request.GET.get("q", "")),
    }
    return render(request, "manage/pipelines/list.html", context)

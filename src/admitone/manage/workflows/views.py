"""Workflows: the list, a new one, the builder, publication."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.workflows.builder import show_builder
from admitone.manage.workflows.page import editable, find, may_edit, who
from admitone.workflows import queries, services
from admitone.workflows.templates import CATEGORIES, templates

PAGE = 50
STATUSES = ("published", "paused", "draft")


class NewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"))


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account) -> HttpResponse:
    search, status = request.GET.get("q", "")[:200], request.GET.get("status", "")
    status = status if status in STATUSES else ""
    rows = queries.listing(account, search=search, status=status)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "search": search,
        "status": status,
        "segments": segments(account, status),
        "may_edit": may_edit(request),
        "zone": request.user.timezone or account.timezone,
    }
    return render(request, "manage/workflows/list.html", context)


def segments(account: Account, current: str) -> list[dict[str, object]]:
    counts = queries.status_counts(account)
    named = [("", _("All")), ("published", _("Published")), ("paused", _("Paused")), ("draft", _("Drafts"))]
    return [
        {
            "status": key,
            "label": label,
            "count": counts.get(key, 0) if key else sum(counts.values()),
            "on": key == current,
        }
        for key, label in named
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_workflows")
    form = NewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        document = {"name": form.cleaned_data["name"], "triggers": [], "steps": []}
        try:
            made = services.create_workflow(
                account=account, document=document, actor=request.actor, now=timezone.now(), unfinished=True
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:workflow", account.slug, made.id)
    groups = [(label, [one for one in templates() if one.category == key]) for key, label in CATEGORIES.items()]
    context = {"form": form, "groups": [group for group in groups if group[1]]}
    return render(request, "manage/workflows/new.html", context, status=422 if form.errors else 200)


@require_safe
@in_account()
def builder(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """The canvas; `at` names the step that is looked at."""
    return show_builder(request, find(request, workflow_id), at=request.GET.get("at", ""))


@require_POST
@in_account()
def publish(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    try:
        version = services.publish(**who(request, workflow))
    except Problem as problem:
        if not problem.fields:
            raise
        answer = show_builder(request, workflow, refused=True, status=422)
        answer["HX-Push-Url"] = reverse("manage:workflow", args=[account.slug, workflow.id])
        return answer
    messages.success(request, _("Published as version %(number)d.") % {"number": version.number})
    return redirect("manage:workflow", account.slug, workflow.id)

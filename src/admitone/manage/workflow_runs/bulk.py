"""Enroll: one contact by hand, many by a tag, a search or all; the progress of many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.contacts import queries as contacts
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.workflow_runs.people import people
from admitone.manage.workflows.page import editable, find, frame, show, who
from admitone.workflows import services
from admitone.workflows.models import BulkEnrollment, Workflow
from admitone.workflows.services.bulk import clean_source, continue_bulk, matching, start_bulk, stop_bulk

RECENT = 10
TEMPLATE = "manage/workflow_runs/enroll.html"


class ManyForm(forms.Form):
    """Who is to enter; `source()` is what the service takes."""

    kind = forms.ChoiceField(
        choices=[
            ("filter", gettext_lazy("Those with a tag, or found by a search")),
            ("all", gettext_lazy("All contacts")),
        ],
        label=gettext_lazy("Who"),
        widget=forms.RadioSelect,
    )
    tag = forms.ChoiceField(required=False, label=gettext_lazy("Tag"))
    search = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Search"),
        help_text=gettext_lazy("Part of a name, an email address or a phone number."),
    )
    fresh = forms.BooleanField(required=False, label=gettext_lazy("Leave out who has been in this workflow"))

    def __init__(self, account: Account, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = ((str(tag.id), f"{tag.name} ({tag.worn})") for tag in contacts.tags(account))
        self.fields["tag"].choices = [("", _("Any")), *rows]  # type: ignore[attr-defined]

    def source(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"kind": data["kind"], "tag": data["tag"], "q": data["search"], "fresh": data["fresh"]}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def enroll(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    """`one` enters the chosen contact. Many are counted first, and enter once that is confirmed."""
    workflow = editable(request, workflow_id)
    if request.method == "POST" and "one" in request.POST:
        return enroll_one(request, workflow)
    form = ManyForm(account, request.POST or None, initial={"kind": "filter", "fresh": True})
    count = None
    if request.method == "POST" and form.is_valid():
        try:
            if "confirmed" in request.POST:
                return begun(request, workflow, form)
            count = matching(workflow, clean_source(form.source())).count()
        except Problem as problem:
            refuse(form, problem)
    return page(request, workflow, form, count=count)


def refuse(form: ManyForm, problem: Problem) -> None:
    problem.fields = {{"q": "search"}.get(name, name): text for name, text in problem.fields.items()}
    show_problem(form, problem)


def page(request: AccountRequest, workflow: Workflow, form: ManyForm, **context: Any) -> HttpResponse:
    rows = BulkEnrollment.objects.filter(workflow=workflow).order_by("-id")[:RECENT]
    failed = bool(form.errors or context.get("error"))
    more = {"form": form, "people": people(request), "recent": list(rows), **context}
    return show(request, workflow, "enroll", TEMPLATE, status=422 if failed else 200, **more)


def enroll_one(request: AccountRequest, workflow: Workflow) -> HttpResponse:
    chosen = request.POST.get("contact", "")
    form = ManyForm(request.account, initial={"kind": "filter", "fresh": True})
    if not chosen:
        return page(request, workflow, form, error=_("Choose a contact."))
    try:
        made = services.enroll(contact_id=chosen, **who(request, workflow))
    except Problem as problem:
        if problem.code == "not_found":
            raise
        return page(request, workflow, form, error=next(iter(problem.fields.values()), problem.detail))
    messages.success(request, _("Enrolled."))
    return redirect("manage:workflow_enrollment", request.account.slug, workflow.id, made.id)


def begun(request: AccountRequest, workflow: Workflow, form: ManyForm) -> HttpResponse:
    made = start_bulk(source=form.source(), **who(request, workflow))
    return redirect("manage:workflow_bulk", request.account.slug, workflow.id, made.id)


def reached(request: AccountRequest, workflow: Workflow, bulk_id: UUID) -> BulkEnrollment:
    found = get(request.account, BulkEnrollment, bulk_id)
    if found.workflow_id != workflow.id:
        raise Problem("not_found")
    return found


@require_safe
@in_account("admin")
def bulk(request: AccountRequest, account: Account, workflow_id: UUID, bulk_id: UUID) -> HttpResponse:
    workflow = find(request, workflow_id)
    context = progress_of(account, reached(request, workflow, bulk_id))
    return show(request, workflow, "enroll", "manage/workflow_runs/bulk.html", **context)


@require_safe
@in_account("admin")
def progress(request: AccountRequest, account: Account, workflow_id: UUID, bulk_id: UUID) -> HttpResponse:
    """The bar alone, asked for every two seconds; at the end the page is loaded anew."""
    workflow = find(request, workflow_id)
    found = reached(request, workflow, bulk_id)
    if not request.headers.get("HX-Request"):
        return redirect("manage:workflow_bulk", account.slug, workflow.id, found.id)
    context = {**frame(request, workflow, "enroll"), **progress_of(account, found)}
    response = render(request, "manage/workflow_runs/_progress.html", context)
    if found.status != "running":
        response["HX-Refresh"] = "true"
    return response


def progress_of(account: Account, found: BulkEnrollment) -> dict[str, Any]:
    handled = found.enrolled + found.skipped
    return {"bulk": found, "handled": handled, "total": max(found.total, handled, 1), "who": said(account, found)}


def said(account: Account, found: BulkEnrollment) -> str:
    """Who was meant, in words."""
    source = found.source
    if source.get("kind") != "filter":
        return _("Chosen contacts") if source.get("kind") == "ids" else _("All contacts")
    tag = contacts.tags(account).filter(pk=source["tag"]).first() if source.get("tag") else None
    words = [_("Tag: %(name)s") % {"name": tag.name}] if tag else []
    return ", ".join([*words, *([_("Search: %(text)s") % {"text": source["q"]}] if source.get("q") else [])])


@require_POST
@in_account("admin")
def stop(request: AccountRequest, account: Account, workflow_id: UUID, bulk_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    found = reached(request, workflow, bulk_id)
    stop_bulk(account=account, bulk_id=found.id, actor=request.actor, now=timezone.now())
    messages.success(request, _("Stopped. Whoever is in it already goes on."))
    return redirect("manage:workflow_bulk", account.slug, workflow.id, found.id)


@require_POST
@in_account("admin")
def go_on(request: AccountRequest, account: Account, workflow_id: UUID, bulk_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    found = reached(request, workflow, bulk_id)
    try:
        continue_bulk(account=account, bulk_id=found.id, actor=request.actor, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    return redirect("manage:workflow_bulk", account.slug, workflow.id, found.id)

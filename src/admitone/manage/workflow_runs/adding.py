"""Add to workflow: contacts that were chosen elsewhere (?ids=…) enter a workflow that is chosen here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts import queries as contacts
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.workflows import queries, services
from admitone.workflows.services.bulk import MAX_IDS, start_bulk

NAMED = 5


class AddForm(forms.Form):
    workflow = forms.ChoiceField(label=gettext_lazy("Workflow"), help_text=gettext_lazy("Published ones are listed."))
    fresh = forms.BooleanField(
        required=False, initial=True, label=gettext_lazy("Leave out who has been in this workflow")
    )

    def __init__(self, account: Account, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = queries.listing(account, status="published").order_by("name")
        self.fields["workflow"].choices = [(str(row.id), row.name) for row in rows]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def add(request: AccountRequest, account: Account) -> HttpResponse:
    """GET or POST with `ids`; a POST with `workflow` enrolls, one at once and several in the background."""
    chosen = chosen_contacts(request)
    sent = request.method == "POST" and "workflow" in request.POST
    form = AddForm(account, request.POST if sent else None)
    if sent and chosen and form.is_valid():
        try:
            return entered(request, chosen, form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
    context = {"form": form, "chosen": chosen, "named": chosen[:NAMED], "rest": max(0, len(chosen) - NAMED)}
    return render(request, "manage/workflow_runs/add.html", context, status=422 if form.errors else 200)


def chosen_contacts(request: AccountRequest) -> list[Contact]:
    raw = request.POST.getlist("ids") or request.GET.getlist("ids")
    ids = [key for one in raw[:MAX_IDS] if (key := as_uuid(one))]
    return list(contacts.listing(request.account).filter(id__in=ids).order_by("id"))


def entered(request: AccountRequest, chosen: list[Contact], data: dict[str, Any]) -> HttpResponse:
    workflow = queries.get(request.account, data["workflow"])
    who: dict[str, Any] = {"account": request.account, "actor": request.actor, "now": timezone.now()}
    slug = request.account.slug
    if len(chosen) == 1:
        made = services.enroll(workflow_id=workflow.id, contact_id=chosen[0].id, **who)
        messages.success(request, _("%(name)s is enrolled.") % {"name": chosen[0]})
        return redirect("manage:workflow_enrollment", slug, workflow.id, made.id)
    source = {"kind": "ids", "ids": [str(one.id) for one in chosen], "fresh": data["fresh"]}
    bulk = start_bulk(workflow_id=workflow.id, source=source, **who)
    return redirect("manage:workflow_bulk", slug, workflow.id, bulk.id)

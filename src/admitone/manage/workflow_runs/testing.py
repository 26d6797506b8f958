"""Test run: walk the draft for one contact and show what each step would do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.workflow_runs.people import people
from admitone.manage.workflows.page import editable, show
from admitone.messaging import queries as messaging
from admitone.workflows.services.testing import HAPPENS, NOTHING, TestRun, try_out


class TestForm(forms.Form):
    __test__ = False  # not a test class
    contact = forms.CharField(required=False, max_length=40)
    assume = forms.ChoiceField(
        choices=[(NOTHING, gettext_lazy("Nothing: time runs out")), (HAPPENS, gettext_lazy("What is awaited"))],
        label=gettext_lazy("When a step waits for something, what happens?"),
        widget=forms.RadioSelect,
    )
    really = forms.BooleanField(required=False, label=gettext_lazy("Really send the mails"))
    send_to = forms.CharField(
        required=False,
        max_length=254,
        label=gettext_lazy("To this address only"),
        help_text=gettext_lazy("Marked as a test; the contact gets nothing. Its one-time links work for a day."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("really") and not (data.get("send_to") or "").strip():
            self.add_error("send_to", _("Enter the address that the test goes to."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def test(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    initial = {"assume": NOTHING, "send_to": request.user.email}
    form = TestForm(request.POST if request.method == "POST" else None, initial=initial)
    run = None
    if request.method == "POST" and form.is_valid():
        try:
            run = tried(request, workflow.id, form)
        except Problem as problem:
            if problem.code == "not_found":
                raise
            show_problem(form, problem)
    chosen = request.POST.get("contact") or request.GET.get("contact") or ""
    context = {
        "form": form,
        "run": run,
        "people": people(request, chosen),
        "delivering": messaging.delivering(account),
    }
    template = "manage/workflow_runs/test.html"
    return show(request, workflow, "test", template, status=422 if form.errors else 200, **context)


def tried(request: AccountRequest, workflow_id: UUID, form: TestForm) -> TestRun:
    data = form.cleaned_data
    return try_out(
        account=request.account,
        workflow_id=workflow_id,
        contact_id=data["contact"] or None,
        assume=data["assume"],
        send_to=data["send_to"] if data["really"] else "",
        actor=request.actor,
        now=timezone.now(),
    )

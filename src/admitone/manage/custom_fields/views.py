"""Settings > Custom fields: what else an account keeps about its contacts."""

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
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.contacts import queries, services
from admitone.contacts.models import CustomField
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

KINDS = [
    ("text", gettext_lazy("Text")),
    ("number", gettext_lazy("Number")),
    ("date", gettext_lazy("Date")),
    ("choice", gettext_lazy("Choice")),
    ("checkbox", gettext_lazy("Yes or no")),
]


class LabelForm(forms.Form):
    label = forms.CharField(required=False, label=gettext_lazy("Name"))
    options = forms.CharField(
        required=False,
        label=gettext_lazy("Options"),
        help_text=gettext_lazy("One a line. For a choice only."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "options": self.cleaned_data["options"].splitlines()}


class FieldForm(LabelForm):
    kind = forms.ChoiceField(choices=KINDS, label=gettext_lazy("Kind"))


def who(request: AccountRequest) -> dict[str, Any]:
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def fields(request: AccountRequest, account: Account) -> HttpResponse:
    """The list; POST adds one."""
    form = FieldForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.create_field(**who(request), **form.values())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:custom_fields", account.slug)
    kinds = dict(KINDS)
    shown = [{"field": one, "kind": kinds[one.kind]} for one in queries.custom_fields(account)]
    deleted = CustomField.objects.filter(account=account).exclude(deleted_at=None)
    context = {"form": form, "fields": shown, "deleted": deleted}
    return render(request, "manage/custom_fields/fields.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def change(request: AccountRequest, account: Account, custom_field_id: UUID) -> HttpResponse:
    found = queries.custom_field(account, custom_field_id)
    form = LabelForm(posted(request), initial={"label": found.label, "options": "\n".join(found.options)})
    if request.method == "POST" and form.is_valid():
        try:
            services.update_field(**who(request), field_id=found.id, **form.values())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:custom_fields", account.slug)
    context = {"form": form, "field": found}
    return render(request, "manage/custom_fields/field.html", context, status=422 if form.errors else 200)


@require_POST
@in_account("admin")
def remove(request: AccountRequest, account: Account, custom_field_id: UUID) -> HttpResponse:
    services.delete_field(**who(request), field_id=custom_field_id)
    messages.success(request, _("The field is hidden; contacts keep their values."))
    return redirect("manage:custom_fields", account.slug)


@require_POST
@in_account("admin")
def restore(request: AccountRequest, account: Account, custom_field_id: UUID) -> HttpResponse:
    services.restore_field(**who(request), field_id=custom_field_id)
    messages.success(request, _("The field is back."))
    return redirect("manage:custom_fields", account.slug)

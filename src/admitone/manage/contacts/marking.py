"""Tags and custom values on a contact's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.contacts import queries, services
from admitone.contacts.models import Contact, CustomField
from admitone.logic.errors import Problem
from admitone.manage.contacts import reading
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

YES_NO = [("", "—"), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


def marks(request: AccountRequest, contact: Contact) -> dict[str, Any]:
    """What the contact's page shows of them."""
    fields = queries.custom_fields(request.account)
    return {
        "tags": queries.tags_of(contact),
        "all_tags": queries.tags(request.account) if reading.may_edit(request) else [],
        "customs": [(one.label, written(contact.custom.get(one.key))) for one in fields],
    }


def written(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)


@require_POST
@in_account()
def add_tag(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    found = reading.one(request, contact_id)
    permissions.require(request.role, "manage_contacts")
    try:
        services.add_tag(
            account=account,
            contact_id=found.id,
            tag=request.POST.get("tag", ""),
            actor=request.actor,
            now=timezone.now(),
        )
    except Problem as problem:
        messages.error(request, next(iter(problem.fields.values()), problem.detail))
    return redirect("manage:contact", account.slug, found.id)


@require_POST
@in_account()
def remove_tag(request: AccountRequest, account: Account, contact_id: str, tag_id: str) -> HttpResponse:
    found = reading.one(request, contact_id)
    permissions.require(request.role, "manage_contacts")
    services.remove_tag(account=account, contact_id=found.id, tag=tag_id, actor=request.actor, now=timezone.now())
    return redirect("manage:contact", account.slug, found.id)


def control(one: CustomField) -> forms.Field:
    """A custom field as it is typed; contacts/custom.py judges it."""
    common: dict[str, Any] = {"label": one.label, "required": False}
    if one.kind == "choice":
        return forms.ChoiceField(choices=[("", "—"), *((option, option) for option in one.options)], **common)
    if one.kind == "checkbox":
        return forms.ChoiceField(choices=YES_NO, **common)
    kinds = {"number": {"inputmode": "decimal"}, "date": {"type": "date"}}
    return forms.CharField(widget=forms.TextInput(attrs=kinds.get(one.kind, {})), **common)


class CustomForm(forms.Form):
    def __init__(self, fields: list[CustomField], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in fields:
            self.fields[one.key] = control(one)


def as_typed(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def custom(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    found = reading.one(request, contact_id)
    permissions.require(request.role, "manage_contacts")
    fields = list(queries.custom_fields(account))
    initial = {key: as_typed(value) for key, value in found.custom.items()}
    form = CustomForm(fields, posted(request), initial=initial, prefix="custom")
    if request.method == "POST" and form.is_valid():
        try:
            services.set_custom(
                account=account,
                contact_id=found.id,
                values=form.cleaned_data,
                actor=request.actor,
                now=timezone.now(),
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("The contact is saved."))
            return redirect("manage:contact", account.slug, found.id)
    context = {"contact": found, "form": form}
    return render(request, "manage/contacts/custom.html", context, status=422 if form.errors else 200)

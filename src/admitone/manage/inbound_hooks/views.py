"""Settings > Inbound webhooks: addresses that other programs post to, what came, and which fields name the contact."""

from __future__ import annotations

import json
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.addresses import hook_url
from admitone.accounts.models import Account
from admitone.logic import bodies
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.values import spelled
from admitone.workflows import hook_queries as queries
from admitone.workflows.models import InboundHook
from admitone.workflows.services import hooks as services

PARTS = {
    "email": gettext_lazy("Field with the email address"),
    "phone": gettext_lazy("Field with the phone number"),
    "name": gettext_lazy("Field with the name"),
}


class NewHookForm(forms.Form):
    name = forms.CharField(
        max_length=120, label=gettext_lazy("Name"), help_text=gettext_lazy("The program that will send, for example.")
    )


class HookForm(forms.Form):
    """Each part of a contact is one of the fields that have come so far; what fits best is proposed once."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Name"))
    email = forms.ChoiceField(required=False, label=PARTS["email"])
    phone = forms.ChoiceField(required=False, label=PARTS["phone"])
    contact_name = forms.ChoiceField(required=False, label=PARTS["name"])

    def __init__(self, hook: InboundHook, data: QueryDict | None = None) -> None:
        proposed = hook.mapping or bodies.guess(hook.schema)
        start = {"name": hook.name, **{field: proposed.get(part, "") for part, field in FIELDS.items()}}
        super().__init__(data, initial=start)
        paths = [*dict.fromkeys([*hook.schema, *hook.mapping.values()])]
        for field in FIELDS.values():
            self.fields[field].choices = [("", _("None")), *((path, path) for path in paths)]  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, object]:
        mapping = {part: self.cleaned_data[field] for part, field in FIELDS.items()}
        return {"name": self.cleaned_data["name"], "mapping": mapping}


FIELDS = {"email": "email", "phone": "phone", "name": "contact_name"}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def hooks(request: AccountRequest, account: Account) -> HttpResponse:
    form = NewHookForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_hook(
                account=account, name=form.cleaned_data["name"], actor=request.actor, now=timezone.now()
            )
            return redirect("manage:inbound_hook", account.slug, made.id)
        except Problem as problem:
            show_problem(form, problem)
    context = {"form": form, "hooks": queries.listing(account)}
    return render(request, "manage/inbound_hooks/list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def hook(request: AccountRequest, account: Account, hook_id: UUID) -> HttpResponse:
    found = queries.get(account, hook_id)
    form = HookForm(found, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_hook(
                account=account, hook_id=found.id, actor=request.actor, now=timezone.now(), **form.changes
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:inbound_hook", account.slug, found.id)
    last = bodies.flat(found.sample or {})
    context = {
        "hook": found,
        "url": hook_url(found.id),
        "form": form,
        "sample": json.dumps(found.sample, indent=2, ensure_ascii=False) if found.sample is not None else "",
        "rows": [(spelled(f"hook.{path}"), last.get(path, "")) for path in found.schema],
    }
    return render(request, "manage/inbound_hooks/hook.html", context, status=422 if form.errors else 200)


@require_POST
@in_account("admin")
def switch(request: AccountRequest, account: Account, hook_id: UUID) -> HttpResponse:
    active = request.POST.get("active") == "1"
    services.update_hook(account=account, hook_id=hook_id, actor=request.actor, now=timezone.now(), active=active)
    messages.success(request, _("The address takes posts again.") if active else _("The address is paused."))
    return redirect("manage:inbound_hook", account.slug, hook_id)


@require_POST
@in_account("admin")
def remove(request: AccountRequest, account: Account, hook_id: UUID) -> HttpResponse:
    services.delete_hook(account=account, hook_id=hook_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("The inbound webhook is deleted."))
    return redirect("manage:inbound_hooks", account.slug)

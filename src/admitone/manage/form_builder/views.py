"""Forms: the list, a new one, settings, share, delete and restore."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.addresses import absolute, form_url
from admitone.accounts.models import Account
from admitone.forms import queries, services
from admitone.forms.models import Form
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.form_builder.page import may_edit, show, who
from admitone.manage.forms import posted, show_problem

SETTINGS = ("name", "description", "button", "consent_text", "thanks_message", "redirect_url", "brand_color", "active")


def text(label: Any, *, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)


class NewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("Visitors read it as the heading."))


class SettingsForm(forms.Form):
    """Everything but the questions; forms/services says what is wrong with it."""

    name = forms.CharField(label=gettext_lazy("Name"))
    description = text(gettext_lazy("Text above the questions"))
    button = forms.CharField(required=False, label=gettext_lazy("Words on the button"))
    consent_text = text(
        gettext_lazy("Consent"),
        help_text=gettext_lazy(
            "Visitors must tick a box beside this text. Each submission keeps the text as it was. "
            "Links are written [our rules](https://www.example.com/rules)."
        ),
    )
    thanks_message = text(gettext_lazy("Message after sending"))
    redirect_url = forms.CharField(
        required=False, label=gettext_lazy("Or a page to go on to"), help_text=gettext_lazy("https:// only.")
    )
    brand_color = forms.CharField(required=False, label=gettext_lazy("Colour"), help_text=gettext_lazy("Like #1f7a5c."))
    active = forms.BooleanField(required=False, label=gettext_lazy("Takes answers"))
    embed_origins = text(
        gettext_lazy("Sites that may embed this form"), help_text=gettext_lazy("One a line: https://www.example.com")
    )

    def changes(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in SETTINGS} | {"embed_origins": cleaned["embed_origins"].split()}


def initial_of(form: Form) -> dict[str, Any]:
    return {name: getattr(form, name) for name in SETTINGS} | {"embed_origins": "\n".join(form.embed_origins)}


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account) -> HttpResponse:
    context = {
        "forms": queries.counted(account),
        "deleted": queries.deleted(account) if may_edit(request) else [],
        "may_edit": may_edit(request),
        "zone": request.user.timezone or account.timezone,
    }
    return render(request, "manage/form_builder/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_forms")
    form = NewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_form(
                account=account, actor=request.actor, now=timezone.now(), name=form.cleaned_data["name"]
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:form", account.slug, made.id)
    return render(request, "manage/form_builder/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def settings(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    form = SettingsForm(posted(request), initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_form(**who(request, found), **form.changes())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    return show(request, found, "form_settings", "settings", form=form, status=422 if form.errors else 200)


@require_safe
@in_account()
def share(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    found = queries.get(account, form_id)
    return show(request, found, "form_share", "share", code=snippet(found))


def snippet(form: Form) -> str:
    """What the owner pastes: the script and a plain link that works without it."""
    url, name = escape(form_url(form.id)), escape(form.name)
    return (
        f'<script async src="{escape(absolute("/embed.js"))}"></script>\n'
        f'<div data-book="{url}" data-mode="inline" data-label="{name}">\n  <a href="{url}">{name}</a>\n</div>'
    )


@require_POST
@in_account()
def delete(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    services.delete_form(**who(request, found))
    messages.success(request, _("%(name)s is deleted. It can be restored below.") % {"name": found.name})
    return redirect("manage:forms", account.slug)


@require_POST
@in_account()
def restore(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    found = queries.get(account, form_id, deleted=True)
    permissions.require(request.role, "manage_forms")
    services.restore_form(**who(request, found))
    messages.success(request, _("The form is back."))
    return redirect("manage:form", account.slug, found.id)

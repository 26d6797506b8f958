"""Settings > General: the sub-account's own name, address, zone, language and public contact."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import addresses, services
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import LocaleField, ZoneField, posted, show_problem

FIELDS = ("name", "slug", "timezone", "locale", "public_email", "public_phone")


class GeneralForm(forms.Form):
    name = forms.CharField(max_length=120, label=gettext_lazy("Name"))
    slug = forms.CharField(
        max_length=60,
        label=gettext_lazy("Address"),
        help_text=gettext_lazy(
            "First part of every scheduling link. Scheduling links with the old address stop working; one-time and "
            "permanent links go on."
        ),
    )
    timezone = ZoneField(help_text=gettext_lazy("For new calendars and for lists. Calendars keep their own zone."))
    locale = LocaleField()
    public_email = forms.EmailField(
        required=False,
        label=gettext_lazy("Public email"),
        help_text=gettext_lazy("Shown to guests whose link no longer works."),
    )
    public_phone = forms.CharField(
        max_length=40, required=False, label=gettext_lazy("Public phone"), help_text=gettext_lazy("With country code.")
    )


@require_safe
@in_account()
def settings(request: AccountRequest, account: Account) -> HttpResponse:
    return redirect("manage:settings_general", account.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def general(request: AccountRequest, account: Account) -> HttpResponse:
    form = GeneralForm(posted(request), initial={name: getattr(account, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            services.update_account(account=account, actor=request.actor, now=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:settings_general", account.slug)
    context = {"form": form, "base": addresses.absolute("/")}
    return render(request, "manage/settings_general/general.html", context, status=422 if form.errors else 200)

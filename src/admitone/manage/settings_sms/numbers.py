"""Settings > SMS and calls > Phone numbers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.hooking import hook_secret, hook_url
from admitone.accounts.models import Account
from admitone.calls import queries, services
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.settings_sms.forms import NumberForm
from admitone.messaging.queries import sms_settings


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def numbers(request: AccountRequest, account: Account) -> HttpResponse:
    """The list and a new one."""
    form = NumberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.register_number(account=account, actor=request.actor, now=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("The number has been added."))
            return redirect("manage:phone_numbers", account.slug)
    context = {
        "form": form,
        "numbers": queries.numbers(account),
        "has_twilio": sms_settings(account).provider == "twilio",
        "hook": hook_url(account.id, "calls"),
        "secret": hook_secret(account.id),
    }
    return render(request, "manage/settings_sms/numbers.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def number(request: AccountRequest, account: Account, phone_number_id: UUID) -> HttpResponse:
    found = queries.number(account, phone_number_id)
    form = NumberForm(posted(request), initial=NumberForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_number(
                account=account, number_id=found.id, actor=request.actor, now=timezone.now(), **form.cleaned_data
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:phone_numbers", account.slug)
    context = {"form": form, "number": found}
    return render(request, "manage/settings_sms/number.html", context, status=422 if form.errors else 200)


@require_POST
@in_account("admin")
def remove(request: AccountRequest, account: Account, phone_number_id: UUID) -> HttpResponse:
    services.delete_number(account=account, number_id=phone_number_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("The number has been removed."))
    return redirect("manage:phone_numbers", account.slug)

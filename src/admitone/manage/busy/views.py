"""Settings > Busy times: every feed of the sub-account, whoever's it is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import queries as accounts
from admitone.accounts.models import Account
from admitone.calendars import queries, services
from admitone.calendars.models import BusySource
from admitone.logic.errors import Problem
from admitone.manage.busy.forms import SourceForm
from admitone.manage.busy.reading import add, looked, read_source
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def sources(request: AccountRequest, account: Account) -> HttpResponse:
    form = SourceForm(list(queries.hosts_for(account)), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add(request, account, form)
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:busy", account.slug)
    context = {"form": form, "rows": looked(queries.busy_sources(account))}
    return render(request, "manage/busy/busy.html", context, status=422 if form.errors else 200)


@require_POST
@in_account("admin")
def read_now(request: AccountRequest, account: Account, source_id: UUID) -> HttpResponse:
    read_source(request, accounts.get(account, BusySource, source_id))
    return redirect("manage:busy", account.slug)


@require_POST
@in_account("admin")
def remove(request: AccountRequest, account: Account, source_id: UUID) -> HttpResponse:
    services.delete_busy_source(account=account, source_id=source_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("The busy calendar was removed."))
    return redirect("manage:busy", account.slug)

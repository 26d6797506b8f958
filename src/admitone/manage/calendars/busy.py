"""A calendar's busy calendars: where its hosts' other appointments are read from, and what happens if they are not."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.calendars import queries, services
from admitone.calendars.models import BusySource, Calendar
from admitone.logic.errors import Problem
from admitone.manage.busy.forms import SourceForm
from admitone.manage.busy.reading import add, looked, read_source
from admitone.manage.calendars.forms import PolicyForm
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def sources(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """The list; POST `do=policy` says what a failing source means, anything else adds a feed."""
    calendar = opened(request, calendar_id)
    hosts = [row.host for row in calendar.calendar_hosts.select_related("host")]
    changes_policy = request.POST.get("do") == "policy"
    posted = request.POST if request.method == "POST" else None
    form = SourceForm(hosts, posted if not changes_policy else None)
    policy = PolicyForm(posted if changes_policy else None, initial={"busy_policy": calendar.busy_policy})
    if posted is not None and _saved(request, account, calendar, policy if changes_policy else form):
        return redirect("manage:calendar_busy", account.slug, calendar.id)
    rows = looked(queries.busy_sources(account, [host.id for host in hosts]))
    failed = bool(form.errors or policy.errors)
    return show(request, calendar, "busy", form=form, policy=policy, rows=rows, status=422 if failed else 200)


def _saved(request: AccountRequest, account: Account, calendar: Calendar, form: SourceForm | PolicyForm) -> bool:
    if not form.is_valid():
        return False
    try:
        if isinstance(form, SourceForm):
            add(request, account, form)
        else:
            services.update_calendar(
                account=account, calendar_id=calendar.id, actor=request.actor, now=timezone.now(), **form.changes()
            )
            messages.success(request, _("Saved."))
    except Problem as problem:
        show_problem(form, problem)
        return False
    return True


@require_POST
@in_account()
def read_now(request: AccountRequest, account: Account, calendar_id: UUID, source_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id)
    read_source(request, _own(account, calendar, source_id))
    return redirect("manage:calendar_busy", account.slug, calendar.id)


@require_POST
@in_account()
def remove(request: AccountRequest, account: Account, calendar_id: UUID, source_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id)
    source = _own(account, calendar, source_id)
    services.delete_busy_source(account=account, source_id=source.id, actor=request.actor, now=timezone.now())
    messages.success(request, _("The busy calendar was removed."))
    return redirect("manage:calendar_busy", account.slug, calendar.id)


def _own(account: Account, calendar: Calendar, source_id: UUID) -> BusySource:
    """A source of one of the calendar's hosts: who manages this calendar may not touch those of others."""
    hosts = list(calendar.calendar_hosts.values_list("host_id", flat=True))
    for source in queries.busy_sources(account, hosts):
        if source.id == source_id:
            return source
    raise Problem("not_found")

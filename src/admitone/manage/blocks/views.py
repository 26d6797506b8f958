"""Blocked time: of every host in Settings > Busy times, of one calendar and its hosts on the calendar's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import queries as accounts
from admitone.accounts.models import Account
from admitone.calendars import queries, services
from admitone.calendars.models import BlockedTime, Calendar
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.manage.blocks.forms import BlockForm
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

FIELDS = {"start": "start_time", "end": "end_time"}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def blocks(request: AccountRequest, account: Account) -> HttpResponse:
    form = BlockForm(list(queries.hosts_for(account)), posted(request))
    if form.is_bound and _saved(request, account, form, account.timezone):
        return redirect("manage:blocks", account.slug)
    found = queries.blocked_times(account, since=to_min_floor(timezone.now()))
    context = {"form": form, "rows": _rows(account, list(found[:500]), None), "zone": account.timezone}
    return render(request, "manage/blocks/blocks.html", context, status=422 if form.errors else 200)


@require_POST
@in_account("admin")
def remove(request: AccountRequest, account: Account, block_id: UUID) -> HttpResponse:
    _forget(request, account, block_id)
    return redirect("manage:blocks", account.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def of_calendar(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """The calendar's own blocked times and those of its hosts."""
    calendar = opened(request, calendar_id)
    hosts, zone = [row.host for row in calendar.calendar_hosts.select_related("host")], calendar.schedule.timezone
    form = BlockForm(hosts, posted(request), calendar=True)
    if form.is_bound and _saved(request, account, form, zone, calendar):
        return redirect("manage:calendar_blocks", account.slug, calendar.id)
    since = to_min_floor(timezone.now())
    found = queries.blocked_times(account, hosts=[host.id for host in hosts], calendar=calendar.id, since=since)
    rows = _rows(account, list(found[:500]), calendar)
    return show(request, calendar, "blocks", form=form, rows=rows, zone=zone, status=422 if form.errors else 200)


@require_POST
@in_account()
def remove_of_calendar(request: AccountRequest, account: Account, calendar_id: UUID, block_id: UUID) -> HttpResponse:
    """Of this calendar or its hosts alone: who manages it may not touch those of others."""
    calendar = opened(request, calendar_id)
    hosts = list(calendar.calendar_hosts.values_list("host_id", flat=True))
    block = accounts.get(account, BlockedTime, block_id)
    if block.calendar_id != calendar.id and block.host_id not in hosts:
        raise Problem("not_found")
    _forget(request, account, block.id)
    return redirect("manage:calendar_blocks", account.slug, calendar.id)


def _saved(
    request: AccountRequest, account: Account, form: BlockForm, zone: str, calendar: Calendar | None = None
) -> bool:
    if not form.is_valid():
        return False
    whose: dict[str, Any] = {"host_id": form.cleaned_data["whose"]}
    if whose["host_id"] == "calendar" and calendar:
        whose = {"calendar_id": calendar.id}
    try:
        read = form.read(zone)
        services.block_time(account=account, actor=request.actor, now=timezone.now(), **whose, **read)
    except Problem as problem:
        named = {FIELDS.get(name, name): sentence for name, sentence in problem.fields.items()}
        show_problem(form, Problem(problem.code, problem.detail, fields=named))
        return False
    messages.success(request, _("The time is blocked. Appointments that are there already stay."))
    return True


def _forget(request: AccountRequest, account: Account, block_id: UUID) -> None:
    services.unblock_time(account=account, block_id=block_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("The time is free again."))


def _rows(account: Account, found: list[BlockedTime], calendar: Calendar | None) -> list[dict[str, Any]]:
    return [
        {
            "whose": block.host or block.calendar,
            "start": from_min(block.start_min),
            "end": from_min(block.end_min),
            "note": block.note,
            "url": reverse("manage:calendar_remove_block", args=[account.slug, calendar.id, block.id])
            if calendar
            else reverse("manage:remove_block", args=[account.slug, block.id]),
        }
        for block in found
    ]

"""Copy one-time link and Generate new link: one POST that makes a link or hands back the one that is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar
from admitone.links import queries
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import opened
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem, told
from admitone.manage.links import wording
from admitone.manage.links.forms import TermsForm
from admitone.manage.links.issuing import issue_from
from admitone.manage.links.reach import Reach
from admitone.manage.links.times import offered
from admitone.manage.share.views import counted, made_context, shown


@require_POST
@in_account()
def mint(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """The person's unused link again if nothing else was asked for; `replace` always makes a new one."""
    calendar = opened(request, calendar_id, "book")
    now = timezone.now()
    form = TermsForm(request.POST, zone=account.timezone, now=now, of=[calendar], auto_id="share_%s")
    try:
        link, before = made(request, calendar, form, now)
    except Problem as problem:
        return refused(request, calendar, form, problem)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(answer(request, calendar, link, before, now))
    return redirect(made_panel(account, calendar, link, before))


def made(
    request: AccountRequest, calendar: Calendar, form: TermsForm, now: datetime
) -> tuple[OneTimeLink, OneTimeLink | None]:
    """The link and the one that it replaced, which stays active."""
    if not form.is_valid():
        raise Problem("invalid", fields={name: str(errors[0]) for name, errors in form.errors.items()})
    spans = offered(request.POST.getlist("offered"))
    last = queries.my_last_unbound(request.user, calendar, now)
    replace = bool(request.POST.get("replace"))
    if last is not None and form.is_plain and not spans and not replace:
        return last, None
    before = shown_before(request, calendar, now) if replace else None
    return issue_from(request, calendar, form, now, spans, replaces=before.id if before else None), before


def shown_before(request: AccountRequest, calendar: Calendar, now: datetime) -> OneTimeLink | None:
    """The link that stood in the dialog, if it still works."""
    key = as_uuid(request.POST.get("current", ""))
    rows = queries.listing(request.account, now=now, calendar=calendar.id, status="active")
    return rows.filter(id=key).first() if key else None


def answer(
    request: AccountRequest, calendar: Calendar, link: OneTimeLink, before: OneTimeLink | None, now: datetime
) -> dict[str, Any]:
    """For the script: the address to copy, a sentence about it, and where the rest of the tab is."""
    return {
        "id": str(link.id),
        "url": addresses.one_time_url(link.id),
        "message": wording.age(link, now),
        "panel": made_panel(request.account, calendar, link, before),
    }


def made_panel(account: Account, calendar: Calendar, link: OneTimeLink, before: OneTimeLink | None) -> str:
    path = reverse("manage:share_made", args=[account.slug, calendar.id, link.id])
    return f"{path}?before={before.id}" if before else path


@require_safe
@in_account()
def minted(request: AccountRequest, account: Account, calendar_id: UUID, link_id: UUID) -> HttpResponse:
    """One link of the calendar in the One-time tab: the part below the buttons for a script, else the whole page."""
    calendar = opened(request, calendar_id, "book")
    now, reach = timezone.now(), Reach(request)
    link = reach.link(link_id, "book")
    if link.calendar_id != calendar.id:
        raise Problem("not_found")
    key = as_uuid(request.GET.get("before", ""))
    rows = queries.listing(account, now=now, calendar=calendar.id, status="active")
    before = rows.filter(id=key).first() if key else None
    context = made_context(request, link, now, before)
    if "HX-Request" in request.headers:
        return render(request, "manage/share/_made.html", {**context, **counted(calendar, now), "calendar": calendar})
    return shown(request, calendar, tab="one-time", **context)


def refused(request: AccountRequest, calendar: Calendar, form: TermsForm, problem: Problem) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return told(problem)
    if form.is_valid():
        show_problem(form, problem)
    return shown(request, calendar, tab="one-time", form=form, status=problem.status)

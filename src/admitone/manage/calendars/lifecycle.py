"""Pause, resume, delete and restore; pausing and deleting first show the open links that they close."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts.models import Account
from admitone.calendars import access, queries, services
from admitone.calendars.models import Calendar
from admitone.links.queries import open_links
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account

SHOWN = 50


@require_safe
@in_account()
def danger(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id)
    return show(request, calendar, "danger", open_links=open_links(calendar.id, timezone.now()).count())


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def pause(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """GET asks and lists the links, POST pauses."""
    calendar = opened(request, calendar_id)
    if request.method != "POST":
        return _asked(request, calendar, "pause")
    services.set_active(**_who(request, calendar), active=False)
    messages.success(request, _("The calendar is paused."))
    return redirect("manage:calendar_danger", account.slug, calendar.id)


@require_POST
@in_account()
def resume(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id)
    services.set_active(**_who(request, calendar), active=True)
    messages.success(request, _("The calendar takes bookings again."))
    return redirect("manage:calendar_danger", account.slug, calendar.id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def delete(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """GET asks and lists the links, POST deletes; the answer offers to undo it."""
    calendar = opened(request, calendar_id)
    if request.method != "POST":
        return _asked(request, calendar, "delete")
    services.delete_calendar(**_who(request, calendar))
    return render(request, "manage/calendars/deleted.html", {"calendar": calendar})


@require_POST
@in_account()
def restore(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar = queries.get(account, calendar_id, deleted=True)
    if not access.reaches(access.level(request.user, account, request.role, calendar), "manage"):
        raise Problem("not_found")
    services.restore_calendar(**_who(request, calendar))
    messages.success(request, _("The calendar is back."))
    return redirect("manage:calendar", account.slug, calendar.id)


def _who(request: AccountRequest, calendar: Calendar) -> dict[str, Any]:
    return {"account": request.account, "calendar_id": calendar.id, "actor": request.actor, "now": timezone.now()}


def _asked(request: AccountRequest, calendar: Calendar, what: str) -> HttpResponse:
    links = open_links(calendar.id, timezone.now()).order_by("-created_at", "id")
    context = {"calendar": calendar, "what": what, "links": links[:SHOWN], "count": links.count()}
    return render(request, "manage/calendars/ask.html", context)

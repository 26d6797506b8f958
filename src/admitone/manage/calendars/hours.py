"""A calendar's Hours: which schedule it opens by, and that schedule's week and dates."""

from __future__ import annotations

from datetime import date as Date
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.calendars import queries, services
from admitone.calendars.models import Calendar, Schedule
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import may_create, opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.schedules.editing import Editor
from admitone.manage.schedules.opening import may_edit
from admitone.manage.schedules.opening import opened as opened_schedule


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def weekly(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """`do=save` stores the week; the other buttons change the rows and show them again, unsaved."""
    return _editor(request, opened(request, calendar_id)).week()


@require_POST
@in_account()
def override(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """Other hours for a date, or for a run of dates."""
    return _editor(request, opened(request, calendar_id)).override()


@require_POST
@in_account()
def clear(request: AccountRequest, account: Account, calendar_id: UUID, date: str) -> HttpResponse:
    return _editor(request, opened(request, calendar_id)).clear(date)


@require_POST
@in_account()
def choose(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """Open by another schedule of the account; nothing is written to either."""
    calendar = opened(request, calendar_id)
    schedule = opened_schedule(request, request.POST.get("schedule"))
    services.choose_schedule(
        account=account, calendar_id=calendar.id, schedule_id=schedule.id, actor=request.actor, now=timezone.now()
    )
    messages.success(request, _("Saved."))
    return redirect("manage:calendar_hours", account.slug, calendar.id)


def _editor(request: AccountRequest, calendar: Calendar) -> Editor:
    """On a schedule that others share, only for who may change it for all of them."""
    schedule, slug = calendar.schedule, request.account.slug
    sharing = [one for one in queries.calendars_by(schedule) if one.id != calendar.id and one.deleted_at is None]
    editable = not sharing or may_edit(request, schedule)
    if request.method == "POST" and not editable:
        raise Problem("forbidden")

    def removal(day: Date) -> str:
        return reverse("manage:calendar_clear_override", args=[slug, calendar.id, day.isoformat()])

    page = partial(
        show,
        request,
        calendar,
        "hours",
        sharing=sharing,
        editable=editable,
        schedules=_choices(request, schedule),
        save_url=reverse("manage:calendar_hours", args=[slug, calendar.id]),
        override_url=reverse("manage:calendar_overrides", args=[slug, calendar.id]),
    )
    return Editor(request, schedule, page, reverse("manage:calendar_hours", args=[slug, calendar.id]), removal)


def _choices(request: AccountRequest, current: Schedule) -> list[Schedule]:
    """Members choose among nothing: names of schedules could tell of calendars they do not see."""
    return list(queries.schedules(request.account)[:500]) if may_create(request) else [current]

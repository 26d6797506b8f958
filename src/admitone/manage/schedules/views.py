"""Settings > Schedules: hours that several calendars and hosts share."""

from __future__ import annotations

from datetime import date as Date
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.calendars import queries, services
from admitone.calendars.models import Schedule
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import may_create
from admitone.manage.calendars.week import Week
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.schedules.editing import Editor
from admitone.manage.schedules.forms import HolidayForm, NameForm
from admitone.manage.schedules.opening import opened


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def schedules(request: AccountRequest, account: Account) -> HttpResponse:
    """The list; a POST makes one."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_schedule(
                account=account, actor=request.actor, now=timezone.now(), name=form.cleaned_data["name"]
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:schedule", account.slug, made.id)
    context = {"rows": queries.schedules(account)[:500], "form": form}
    return render(request, "manage/schedules/list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def schedule(request: AccountRequest, account: Account, schedule_id: UUID) -> HttpResponse:
    return _editor(request, schedule_id).week()


@require_POST
@in_account()
def override(request: AccountRequest, account: Account, schedule_id: UUID) -> HttpResponse:
    return _editor(request, schedule_id).override()


@require_POST
@in_account()
def clear(request: AccountRequest, account: Account, schedule_id: UUID, date: str) -> HttpResponse:
    return _editor(request, schedule_id).clear(date)


@require_POST
@in_account()
def rename(request: AccountRequest, account: Account, schedule_id: UUID) -> HttpResponse:
    editor, form = _editor(request, schedule_id), NameForm(request.POST)
    return _named(editor, form, lambda name: services.rename_schedule(**editor.who, name=name))


@require_POST
@in_account("admin")
def duplicate(request: AccountRequest, account: Account, schedule_id: UUID) -> HttpResponse:
    """The copy is called like the original; its page opens."""
    editor = _editor(request, schedule_id)
    name = _("Copy of %s") % editor.schedule.name
    copy = services.duplicate_schedule(**editor.who, name=name[:120])
    messages.success(request, _("This is the copy. Nothing opens by it yet."))
    return redirect("manage:schedule", account.slug, copy.id)


@require_POST
@in_account("admin")
def delete(request: AccountRequest, account: Account, schedule_id: UUID) -> HttpResponse:
    editor = _editor(request, schedule_id)
    try:
        services.delete_schedule(**editor.who)
    except Problem as problem:
        if problem.code != "schedule_in_use":
            raise
        messages.error(request, problem.detail)
        return redirect(editor.back)
    messages.success(request, _("The schedule was deleted."))
    return redirect("manage:schedules", account.slug)


@require_POST
@in_account()
def holidays(request: AccountRequest, account: Account, schedule_id: UUID) -> HttpResponse:
    editor = _editor(request, schedule_id)
    form = HolidayForm(editor.schedule, request.POST)
    if form.is_valid():
        try:
            services.set_holidays(**editor.who, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            return editor.done(_("Saved."))
    return editor.show(Week.of(editor.schedule), holiday_form=form, status=422)


@require_POST
@in_account()
def open_holiday(request: AccountRequest, account: Account, schedule_id: UUID, date: str) -> HttpResponse:
    """`open=1` keeps the usual hours on that holiday, anything else closes it."""
    editor = _editor(request, schedule_id)
    try:
        day = Date.fromisoformat(date)
    except ValueError as error:
        raise Http404 from error
    services.open_holiday(**editor.who, date=day, is_open=request.POST.get("open") == "1")
    return editor.done(_("Saved."))


def _named(editor: Editor, form: NameForm, act: Any) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data["name"])
        except Problem as problem:
            show_problem(form, problem)
        else:
            return editor.done(_("Saved."))
    return editor.show(Week.of(editor.schedule), name_form=form, status=422)


def _editor(request: AccountRequest, schedule_id: UUID) -> Editor:
    schedule, slug = opened(request, schedule_id), request.account.slug
    back = reverse("manage:schedule", args=[slug, schedule.id])

    def removal(day: Date) -> str:
        return reverse("manage:schedule_clear_override", args=[slug, schedule.id, day.isoformat()])

    return Editor(request, schedule, partial(_page, request, back), back, removal)


def _page(request: AccountRequest, back: str, *, schedule: Schedule, status: int = 200, **context: Any) -> HttpResponse:
    today = timezone.now().date()
    frame = {
        "save_url": back,
        "override_url": reverse("manage:schedule_overrides", args=[request.account.slug, schedule.id]),
        "uses": queries.calendars_by(schedule),
        "may_create": may_create(request),
        "name_form": NameForm(initial={"name": schedule.name}),
        "holiday_form": HolidayForm(schedule),
        "coming": schedule.holidays.filter(date__gte=today)[:60],
    }
    return render(request, "manage/schedules/schedule.html", {**frame, **context, "schedule": schedule}, status=status)

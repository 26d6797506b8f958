"""A calendar's Hours: the week, single dates, and the zone they are written in."""

from __future__ import annotations

from datetime import date as Date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.calendars import services
from admitone.calendars.models import Calendar
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date, parse_windows, show_windows
from admitone.manage.calendars.forms import OverrideForm
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show
from admitone.manage.calendars.week import Week
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem, zones


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def weekly(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """`do=save` stores the week; the other buttons change the rows and show them again, unsaved."""
    calendar = opened(request, calendar_id)
    if request.method != "POST":
        hours = calendar.schedule.hours.order_by("weekday", "start").values_list("weekday", "start", "end")
        return _page(request, calendar, Week.stored(hours))
    week, action = Week.posted(request.POST), request.POST.get("do", "save")
    if action != "save":
        week.apply(action, request.POST)
        return _page(request, calendar, week, unsaved=True)
    return _save(request, account, calendar, week)


def _save(request: AccountRequest, account: Account, calendar: Calendar, week: Week) -> HttpResponse:
    cleaned, now = week.clean(), timezone.now()
    zone, zone_error = request.POST.get("timezone", calendar.schedule.timezone), ""
    if cleaned is not None:
        who = {"account": account, "calendar_id": calendar.id, "actor": request.actor, "now": now}
        try:
            services.set_timezone(**who, timezone=zone)  # type: ignore[arg-type]
            services.set_weekly_hours(**who, week=cleaned)  # type: ignore[arg-type]
        except Problem as problem:
            zone_error = problem.fields.get("timezone", problem.detail)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:calendar_hours", account.slug, calendar.id)
    return _page(request, calendar, week, zone_error=zone_error, unsaved=True, status=422)


@require_POST
@in_account()
def override(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """Other hours for a date, or for a run of dates."""
    calendar = opened(request, calendar_id)
    form = OverrideForm(request.POST)
    if form.is_valid():
        try:
            _set_override(request, account, calendar, form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:calendar_hours", account.slug, calendar.id)
    hours = calendar.schedule.hours.order_by("weekday", "start").values_list("weekday", "start", "end")
    return _page(request, calendar, Week.stored(hours), form=form, status=422)


def _set_override(request: AccountRequest, account: Account, calendar: Calendar, typed: dict[str, Any]) -> None:
    errors: dict[str, str] = {}
    read: dict[str, Any] = {}
    for name, parse in (("date", clean_date), ("windows", parse_windows), ("until", clean_date)):
        if name == "until" and not typed[name]:
            continue
        try:
            read[name] = parse(typed[name])
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise Problem("invalid", fields=errors)
    services.set_override(account=account, calendar_id=calendar.id, actor=request.actor, now=timezone.now(), **read)


@require_POST
@in_account()
def clear(request: AccountRequest, account: Account, calendar_id: UUID, date: str) -> HttpResponse:
    calendar = opened(request, calendar_id)
    try:
        day = Date.fromisoformat(date)
    except ValueError as error:
        raise Http404 from error
    services.clear_override(account=account, calendar_id=calendar.id, actor=request.actor, now=timezone.now(), date=day)
    messages.success(request, _("The weekly hours count again on that date."))
    return redirect("manage:calendar_hours", account.slug, calendar.id)


def _page(
    request: AccountRequest,
    calendar: Calendar,
    week: Week,
    *,
    form: OverrideForm | None = None,
    zone_error: str = "",
    unsaved: bool = False,
    status: int = 200,
) -> HttpResponse:
    yesterday = Date.fromordinal(timezone.now().date().toordinal() - 1)
    overrides = calendar.schedule.overrides.filter(date__gte=yesterday).order_by("date")
    zone = request.POST.get("timezone", calendar.schedule.timezone) if unsaved else calendar.schedule.timezone
    return show(
        request,
        calendar,
        "hours",
        status=status,
        week=[{"day": day, "name": WEEKDAYS[day.weekday], "others": _others(day.weekday)} for day in week.days],
        errors=[{**error, "day": WEEKDAYS[error["day"]]} for error in week.errors()],
        overrides=[{"date": row.date, "windows": show_windows(row.windows)} for row in overrides[:400]],
        form=form or OverrideForm(),
        zone=zone,
        zones=zones() if any(zone == name for name, _label in zones()) else [(zone, zone), *zones()],
        zone_error=zone_error,
        unsaved=unsaved,
    )


def _others(weekday: int) -> list[tuple[int, str]]:
    return [(day, str(name)) for day, name in WEEKDAYS.items() if day != weekday]

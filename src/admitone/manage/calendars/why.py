"""Why is this time missing? Pick a date and a time, read what is in the way and where to change it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from admitone.accounts.models import Account
from admitone.calendars import access
from admitone.calendars.models import Calendar
from admitone.logic.clock import from_min
from admitone.logic.hours import clean_date, parse_time
from admitone.manage.calendars.forms import WhyForm
from admitone.manage.calendars.opening import may_create, opened
from admitone.manage.calendars.reading import local_minute, nearest_open, why_missing
from admitone.manage.context import AccountRequest, in_account


@require_safe
@in_account()
def why(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id, "view")
    form = WhyForm(request.GET if "date" in request.GET else None)
    context = {
        "calendar": calendar,
        "form": form,
        "zone": calendar.schedule.timezone,
        "asked": False,
        "may_manage": _manages(request, calendar),
    }
    if form.is_bound and form.is_valid():
        start = _start(form, calendar)
        if start is not None:
            now = timezone.now()
            reasons = why_missing(account, calendar, start, now, sees_all=may_create(request))
            nearest = nearest_open(calendar, start, now) if reasons else []
            context |= {"asked": True, "at": from_min(start), "reasons": reasons, "nearest": nearest}
    return render(request, "manage/calendars/why.html", context, status=422 if form.errors else 200)


def _manages(request: AccountRequest, calendar: Calendar) -> bool:
    return access.reaches(access.level(request.user, request.account, request.role, calendar), "manage")


def _start(form: WhyForm, calendar: Calendar) -> int | None:
    read: dict[str, Any] = {}
    for name, parse in (("date", clean_date), ("time", parse_time)):
        try:
            read[name] = parse(form.cleaned_data[name])
        except ValueError as error:
            form.add_error(name, str(error))
    if form.errors:
        return None
    start = local_minute(calendar.schedule.timezone, read["date"], read["time"])
    if start is None:
        form.add_error("time", _("That time does not exist: the clocks go forward over it."))
    return start

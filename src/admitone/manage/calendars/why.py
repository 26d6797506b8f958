"""Why is this time missing? Pick a date and a time, read what is in the way, and mend it with a press."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.calendars import access, services
from admitone.calendars.models import BlockedTime, BusySource, Calendar
from admitone.links.why import Question, ask
from admitone.logic.clock import from_min
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date, parse_time
from admitone.manage.busy.reading import read_source
from admitone.manage.calendars.forms import WhyForm
from admitone.manage.calendars.opening import may_create, opened
from admitone.manage.calendars.reading import local_minute
from admitone.manage.calendars.reasons import in_words, is_of
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.schedules.opening import may_edit

ASKED = ("date", "time", "link", "duration", "party")


@require_safe
@in_account()
def why(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """?date=, ?time=, and if wished ?link=, ?duration=, ?party=."""
    calendar = opened(request, calendar_id, "view")
    form = WhyForm(calendar, request.GET if "date" in request.GET else None)
    context = {
        "calendar": calendar,
        "form": form,
        "zone": calendar.schedule.timezone,
        "asked": False,
        "may_manage": _reaches(request, calendar, "manage"),
        "may_book": _reaches(request, calendar, "book"),
        "carried": [(name, request.GET[name]) for name in ASKED if request.GET.get(name)],
    }
    if form.is_bound and form.is_valid():
        asked = _question(form, account, calendar)
        if asked is not None:
            reasons = in_words(account, calendar, asked, sees_all=may_create(request))
            nearest = [from_min(at) for at in asked.nearest()] if reasons else []
            at, long = from_min(asked.start), asked.plan.rules.duration
            context |= {"asked": True, "at": at, "minutes": long, "reasons": reasons, "nearest": nearest}
            context |= {"link": asked.link, "party": asked.party, "start": asked.start, "now": asked.now}
    return render(request, "manage/calendars/why.html", context, status=422 if form.errors else 200)


def _reaches(request: AccountRequest, calendar: Calendar, level: access.Level) -> bool:
    return access.reaches(access.level(request.user, request.account, request.role, calendar), level)


def _question(form: WhyForm, account: Account, calendar: Calendar) -> Question | None:
    """None with errors in the form."""
    start, data = _start(form, calendar), form.cleaned_data
    if start is None:
        return None
    try:
        return ask(
            account,
            calendar,
            start,
            now=timezone.now(),
            link=data.get("link", ""),
            duration=data.get("duration"),
            party=data.get("party") or 0,
        )
    except Problem as problem:
        show_problem(form, problem)
        return None


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


@require_POST
@in_account()
def mend(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """`do` and `id` of a Mend; then the same question again."""
    calendar = opened(request, calendar_id)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Problem("not_found")
    act(request, calendar, request.POST.get("id", ""))
    query = urlencode({name: request.POST[name] for name in ASKED if request.POST.get(name)})
    return redirect(f"{reverse('manage:calendar_why', args=[account.slug, calendar.id])}?{query}")


def _who(request: AccountRequest) -> dict[str, Any]:
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}


def _resume(request: AccountRequest, calendar: Calendar, key: str) -> None:
    services.set_active(**_who(request), calendar_id=calendar.id, active=True)
    messages.success(request, _("The calendar takes bookings again."))


def _unblock(request: AccountRequest, calendar: Calendar, key: str) -> None:
    block = get(request.account, BlockedTime, key)
    if block.calendar_id != calendar.id and not is_of(calendar, block.host_id):
        raise Problem("not_found")
    services.unblock_time(**_who(request), block_id=block.id)
    messages.success(request, _("The time is free again."))


def _reread(request: AccountRequest, calendar: Calendar, key: str) -> None:
    source = get(request.account, BusySource, key)
    if not is_of(calendar, source.host_id):
        raise Problem("not_found")
    read_source(request, source)


def _clear_date(request: AccountRequest, calendar: Calendar, key: str) -> None:
    services.clear_override(**_who(request), **_schedule(request, calendar), date=_date(key))
    messages.success(request, _("The weekly hours count again."))


def _open_holiday(request: AccountRequest, calendar: Calendar, key: str) -> None:
    services.open_holiday(**_who(request), **_schedule(request, calendar), date=_date(key))
    messages.success(request, _("The usual hours count on this holiday."))


def _schedule(request: AccountRequest, calendar: Calendar) -> dict[str, Any]:
    """A schedule that others share is changed by those alone who manage all that open by it."""
    if not may_edit(request, calendar.schedule):
        raise Problem("forbidden")
    return {"schedule_id": calendar.schedule_id}


def _date(text: str) -> date:
    try:
        return clean_date(text)
    except ValueError as error:
        raise Problem("not_found") from error


ACTS = {
    "resume": _resume,
    "unblock": _unblock,
    "reread": _reread,
    "clear_date": _clear_date,
    "open_holiday": _open_holiday,
}

"""The calendar of all that is booked: day, week, month, agenda. Everything it shows is in its address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar, CalendarAccess
from admitone.logic.clock import to_min_floor
from admitone.manage.agenda import reading, wording
from admitone.manage.agenda.drawing import TONES, Drawing
from admitone.manage.agenda.reading import Asked, Host
from admitone.manage.bookings.reading import zone_of
from admitone.manage.context import AccountRequest, in_account
from admitone.ui import formats

#: view -> (name, key)
NAMES: dict[str, tuple[Promise, str]] = {
    "day": (_("Day"), "d"),
    "week": (_("Week"), "w"),
    "month": (_("Month"), "m"),
    "agenda": (_("Agenda"), "a"),
}


@require_safe
@in_account()
def agenda(request: AccountRequest, account: Account) -> HttpResponse:
    """Query: view, date, calendar and host (several), zone, cancelled=1, hours=all."""
    now = timezone.now()
    wanted = reading.asked(request, now)
    calendars = list(reading.calendars(request))
    hosts = reading.hosts_of(calendars)
    drawing, more = _drawn(request, wanted, calendars, hosts, now)
    context = {
        "asked": wanted,
        "drawing": drawing,
        "more": more,
        "now": now,
        "now_min": to_min_floor(now),
        "title": _title(wanted),
        "tabs": [(view, name, key, address(request, view=view)) for view, (name, key) in NAMES.items()],
        "previous": address(request, date=wanted.moved(-1).isoformat()),
        "next": address(request, date=wanted.moved(1).isoformat()),
        "today": address(request, date=""),
        "all_hours": address(request, hours="" if wanted.whole else "all"),
        "plain": address(request, calendar="", host="", cancelled=""),
        "narrowed": bool(wanted.calendars or wanted.hosts or wanted.cancelled),
        "heads": formats.weekday_heads(formats.first_weekday()),
        "calendars": [(one, n % TONES, one.pk in wanted.calendars) for n, one in enumerate(calendars)],
        "hosts": [(host, host.id in wanted.hosts) for host, _served in hosts],
        "zones": _zones(request, wanted, calendars),
        "kept": _kept(request),
        "new": _new(request, wanted),
        "calendar": next(iter(wanted.calendars)) if len(wanted.calendars) == 1 else "",
    }
    return render(request, "manage/agenda/agenda.html", context)


def _drawn(
    request: AccountRequest,
    wanted: Asked,
    calendars: Sequence[Calendar],
    hosts: Sequence[tuple[Host, set[UUID]]],
    now: datetime,
) -> tuple[Drawing, bool]:
    days = wanted.days
    first, end = reading.span_of(days, wanted.zone)
    rows, more = reading.entries(request, wanted, first, end)
    chosen = {
        host.id
        for host, served in hosts
        if (not wanted.hosts or host.id in wanted.hosts) and (not wanted.calendars or served & wanted.calendars)
    }
    busy = reading.busy(request, chosen, first, end) if wanted.view not in ("month", "agenda") else {}
    drawing = Drawing(
        wanted,
        rows,
        busy,
        {host.id: host.name for host, _served in hosts},
        {one.pk: n for n, one in enumerate(calendars)},
        now=to_min_floor(now),
        slug=request.account.slug,
        may_book=_may_book(request, calendars),
        to_day=lambda day: address(request, view="day", date=day.isoformat()),
    )
    return drawing, more


def _may_book(request: AccountRequest, calendars: Sequence[Calendar]) -> bool:
    """May they make appointments in one of these?"""
    if request.role != "member":
        return bool(calendars)
    rows = CalendarAccess.objects.filter(user=request.user, level__in=("book", "manage"))
    return rows.filter(calendar__in=[one.pk for one in calendars]).exists()


def address(request: AccountRequest, **changes: str) -> str:
    """This page with other wishes; an empty one is left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _kept(request: AccountRequest) -> list[tuple[str, str]]:
    """What the filter form passes on unchanged."""
    return [(name, request.GET[name]) for name in ("view", "date", "hours") if request.GET.get(name)]


def _new(request: AccountRequest, wanted: Asked) -> str:
    """The page that books by hand, up to its `at=`; with the calendar if one alone is shown."""
    path = reverse("manage:new_booking", args=[request.account.slug])
    return f"{path}?calendar={next(iter(wanted.calendars))}&" if len(wanted.calendars) == 1 else f"{path}?"


def _title(wanted: Asked) -> str:
    if wanted.view == "day":
        return formats.day(wanted.day)
    if wanted.view == "month":
        return formats.month(wanted.day)
    return wording.day_range(wanted.days[0], wanted.days[-1])


def _zones(request: AccountRequest, wanted: Asked, calendars: Sequence[Calendar]) -> list[Any]:
    """The zones that matter here: the reader's, the sub-account's, the calendars', and the one asked for."""
    known = [zone_of(request), request.account.timezone, *(one.schedule.timezone for one in calendars), wanted.zone]
    return list(dict.fromkeys(known))

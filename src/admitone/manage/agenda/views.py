"""The calendar of all that is booked: day, week, month, agenda. Everything it shows is in its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import gcd
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
from admitone.calendars import access
from admitone.calendars.models import Calendar
from admitone.logic.clock import to_min_floor
from admitone.logic.spans import Span, normalize
from admitone.manage.agenda import reading, wording
from admitone.manage.agenda.drawing import TONES, Drawing
from admitone.manage.agenda.reading import Asked, Blocked, Host
from admitone.manage.bookings.reading import zone_of
from admitone.manage.context import AccountRequest, in_account
from admitone.ui import formats
from admitone.ui.templatetags.ui import initials

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
    """Query: view, date, calendar and host (several), zone, cancelled=1, hours=all, by=host, columns=hosts."""
    now = timezone.now()
    wanted = reading.asked(request, now)
    calendars = list(reading.calendars(request))
    hosts = reading.hosts_of(calendars)
    levels = _levels(request, calendars)
    drawing, more = _drawn(request, wanted, calendars, hosts, levels, now)
    context = {
        "asked": wanted,
        "drawing": drawing,
        "more": more,
        "may_block": "manage" in levels.values(),
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
        "hosts": [(host, n % TONES, host.id in wanted.hosts) for n, (host, _served) in enumerate(hosts)],
        "legend": _legend(drawing, calendars, hosts),
        "looks": _looks(request, wanted, len(hosts)),
        "zones": _zones(request, wanted, calendars),
        "kept": _kept(request),
        "writing": str(formats.locale()).replace("_", "-"),
        "new": _new(request, wanted),
        "book": _book(request, wanted),
    }
    return render(request, "manage/agenda/agenda.html", context)


def _drawn(
    request: AccountRequest,
    wanted: Asked,
    calendars: Sequence[Calendar],
    hosts: Sequence[tuple[Host, set[UUID]]],
    levels: Mapping[UUID, str],
    now: datetime,
) -> tuple[Drawing, bool]:
    days = wanted.days
    first, end = reading.span_of(days, wanted.zone)
    rows, more = reading.entries(request, wanted, first, end)
    chosen = [host.id for host, served in hosts if _is_shown(wanted, host, served)]
    busy: dict[UUID, list[Span]] = {}
    blocked: list[Blocked] = []
    if wanted.view not in ("month", "agenda"):
        busy, blocked = _taken(request, wanted, set(chosen), calendars, first, end)
    drawing = Drawing(
        wanted,
        reading.with_hosts(rows, chosen) if wanted.columns else rows,
        busy,
        {one.pk: one.name for one in calendars} | {host.id: host.name for host, _served in hosts},
        _tones(wanted, calendars, hosts),
        now=to_min_floor(now),
        slug=request.account.slug,
        steps=_steps(levels, calendars),
        to_day=lambda day: address(request, view="day", date=day.isoformat()),
        blocked=blocked,
        shown=chosen,
    )
    return drawing, more


def _is_shown(wanted: Asked, host: Host, served: set[UUID]) -> bool:
    return (not wanted.hosts or host.id in wanted.hosts) and (not wanted.calendars or bool(served & wanted.calendars))


def _taken(
    request: AccountRequest, wanted: Asked, hosts: set[UUID], calendars: Sequence[Calendar], first: int, end: int
) -> tuple[dict[UUID, list[Span]], list[Blocked]]:
    """Busy times of the hosts, and what is blocked here; three statements."""
    busy = reading.busy(request, hosts, first, end)
    mine = [one.pk for one in calendars if not wanted.calendars or one.pk in wanted.calendars]
    blocked, elsewhere = reading.blocked(request, hosts, mine, first, end)
    for host, spans in elsewhere.items():
        busy[host] = normalize([*busy.get(host, []), *spans])
    return busy, blocked


def _tones(wanted: Asked, calendars: Sequence[Calendar], hosts: Sequence[tuple[Host, set[UUID]]]) -> dict[UUID, int]:
    ids = [host.id for host, _served in hosts] if wanted.by_host else [one.pk for one in calendars]
    return {key: n for n, key in enumerate(ids)}


def _legend(
    drawing: Drawing, calendars: Sequence[Calendar], hosts: Sequence[tuple[Host, set[UUID]]]
) -> list[tuple[str, str, int | None]]:
    """(name, initials, tone) of the calendars and hosts that appear: the colours of the ones, the initials of the others."""
    seen = {one.entry.host for one in drawing.entries} | {one.entry.calendar for one in drawing.entries}
    by_host = drawing.wanted.by_host
    several = [(n, host) for n, (host, _served) in enumerate(hosts) if host.id in seen and len(drawing.shown) > 1]
    people = [(host.name, initials(host.name), n % TONES if by_host else None) for n, host in several]
    if by_host:
        return people
    return [*((one.name, "", n % TONES) for n, one in enumerate(calendars) if one.pk in seen), *people]


def _looks(request: AccountRequest, wanted: Asked, hosts: int) -> list[tuple[str, str, bool]]:
    """(name, address, is chosen) of how it can be drawn, where there are several hosts."""
    if hosts < 2:
        return []
    day = address(request, view="day", columns="" if wanted.columns else "hosts")
    return [
        (str(_("Colours by calendar")), address(request, by=""), not wanted.by_host),
        (str(_("Colours by host")), address(request, by="host"), wanted.by_host),
        (str(_("Hosts side by side")), day, wanted.columns),
    ]


def _levels(request: AccountRequest, calendars: Sequence[Calendar]) -> dict[UUID, str]:
    """What they may do in each; a statement for members."""
    if request.role != "member":
        return {one.pk: "manage" for one in calendars}
    return access.levels_of(request.account, request.user.pk)


def _steps(levels: Mapping[UUID, str], calendars: Sequence[Calendar]) -> dict[UUID, int]:
    """The calendars in which they may book, each with the grid that a drag keeps to."""
    return {one.pk: step_of(one.interval) for one in calendars if access.reaches(levels.get(one.pk), "book")}


def step_of(interval: int) -> int:
    """Minutes that divide half an hour and the interval, so that every start of a calendar can be hit; at least 5."""
    step = gcd(interval, 30)
    return step if step % 5 == 0 else 5


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
    return [(name, request.GET[name]) for name in ("view", "date", "hours", "by", "columns") if request.GET.get(name)]


def _new(request: AccountRequest, wanted: Asked) -> str:
    """The page that books by hand, up to its `at=`; with the calendar if one alone is shown."""
    path = reverse("manage:new_booking", args=[request.account.slug])
    return f"{path}?calendar={next(iter(wanted.calendars))}&" if len(wanted.calendars) == 1 else f"{path}?"


def _book(request: AccountRequest, wanted: Asked) -> str:
    """The page that books by hand, at a day of those that are shown."""
    day = wanted.today if wanted.today in wanted.days else wanted.day
    query = {"day": max(day, wanted.today).isoformat()}
    if len(wanted.calendars) == 1:
        query["calendar"] = str(next(iter(wanted.calendars)))
    return reverse("manage:new_booking", args=[request.account.slug], query=query)


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

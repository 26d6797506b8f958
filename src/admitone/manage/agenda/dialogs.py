"""A screen that is a dialog over the calendar for htmx, and a page of its own for everybody else."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from admitone.logic.clock import from_min
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date, parse_time
from admitone.logic.identity import clean_zone
from admitone.manage.bookings.reading import zone_of
from admitone.manage.calendars.reading import local_minute
from admitone.manage.context import AccountRequest

LATEST = 10**8


def in_dialog(request: AccountRequest) -> bool:
    return "HX-Request" in request.headers


def show(request: AccountRequest, part: str, context: dict[str, Any], *, title: str, status: int = 200) -> HttpResponse:
    """`part` is manage/agenda/<part>.html; it finds `dialog`, `title` and `zone` in its context."""
    dialog = in_dialog(request)
    frame = "manage/agenda/dialog.html" if dialog else "manage/agenda/page.html"
    known = {"part": f"manage/agenda/{part}.html", "dialog": dialog, "title": title, "zone": zone(request)}
    return render(request, frame, known | context, status=status)


def done(request: AccountRequest, said: str, *to: Any) -> HttpResponse:
    """Say it on the page that comes next: the calendar below the dialog, drawn anew, or the page `to` (as in redirect)."""
    messages.success(request, said)
    if not in_dialog(request):
        return redirect(*to)
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


def zone(request: AccountRequest) -> str:
    """The zone in which the calendar below is drawn (?zone=), else the reader's."""
    try:
        return clean_zone(request.POST.get("zone") or request.GET.get("zone") or "")
    except ValueError:
        return zone_of(request)


def minute(text: str | None) -> int | None:
    """An epoch minute of the query; None for what is none."""
    good = bool(text) and str(text).isascii() and str(text).isdigit() and int(str(text)[:9]) < LATEST
    return int(str(text)) if good and len(str(text)) <= 8 else None


def local(at: int, zone: str) -> dict[str, str]:
    """Date and time of an epoch minute, as the form fields want them."""
    seen = from_min(at).astimezone(ZoneInfo(zone))
    return {"date": seen.date().isoformat(), "time": f"{seen:%H:%M}"}


def typed(date: str, time: str, zone: str, *, near: int | None = None) -> int:
    """The epoch minute of a date and a time; `near`, if it reads so on the clock, settles which of two is meant.

    Raises Problem("invalid") at `date` and `time`.
    """
    if near is not None and local(near, zone) == {"date": date, "time": time}:
        return near
    errors: dict[str, str] = {}
    read: dict[str, Any] = {}
    for name, text, parse in (("date", date, clean_date), ("time", time, parse_time)):
        try:
            read[name] = parse(text)
        except ValueError as error:
            errors[name] = str(error)
    found = local_minute(zone, read["date"], read["time"]) if not errors else None
    if found is None:
        errors = errors or {"time": _("That time does not exist: the clocks go forward over it.")}
        raise Problem("invalid", fields=errors)
    return found

"""Appointments that repeat, on the booking page: asked for with the details, looked at date by date, then confirmed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.translation import gettext as _

from admitone.accounts.addresses import manage_url
from admitone.booking.models import Booking
from admitone.booking.services.changing import ACTIVE
from admitone.booking.services.series import Spot, look, series_of
from admitone.logic.series import EVERY, Repeat, clean_repeat
from admitone.logic.wishes import for_host
from admitone.public import dates, seals
from admitone.public.door import Door
from admitone.public.pages import Visit, page, with_query
from admitone.public.picker import Reader

#: Names of the form that this page asks for itself; everything else is carried on.
OWN = ("form", "start", "pick", "repeat", "times", "sure", "back")
LONGEST = 5000  # of an answer
MAX_CARRIED = 200


def wanted(visit: Visit, door: Door) -> Repeat | None:
    """What the form asks for; None for a single appointment. Problem("invalid")."""
    post = visit.request.POST
    return clean_repeat({"every": post.get("repeat"), "count": post.get("times")}, door.series)


def is_sure(visit: Visit, start: int, repeat: Repeat) -> bool:
    """Were these very dates listed when the button was pressed?"""
    return visit.request.POST.get("sure") == token(start, repeat)


def token(start: int, repeat: Repeat) -> str:
    return f"{start}:{repeat.every}:{repeat.count}"


def preview(
    visit: Visit, door: Door, reader: Reader, start: int, repeat: Repeat, *, host: str, key: str, status: int = 200
) -> HttpResponse:
    """The dates, those that are not open marked; writes nothing."""
    plan = for_host(door.plan, host)
    spots = look(plan, start, repeat, now=visit.now, offered=door.offered, party=door.party)
    context = {
        "door": door,
        "spots": [_shown(spot, reader) for spot in spots],
        "closed": sum(1 for spot in spots if spot.reason),
        "repeat": repeat,
        "rhythms": EVERY,
        "most": door.series,
        "start": start,
        "sure": token(start, repeat),
        "zone": dates.zone_label(reader.zone),
        "carried": carried(visit),
        "seal": seals.seal("book", door.scope, key),
        "action": with_query(door.path, visit.keep()),
    }
    return page(visit, "public/series.html", context, plan=plan, status=status)


def carried(visit: Visit, without: Collection[str] = OWN) -> list[tuple[str, str]]:
    """What was typed before, for the next form."""
    rows = [(name, value) for name, values in visit.request.POST.lists() if name not in without for value in values]
    return [(name, str(value)[:LONGEST]) for name, value in rows[:MAX_CARRIED]]


def _shown(spot: Spot, reader: Reader) -> dict[str, Any]:
    day = dates.local(spot.start, reader.zone)
    return {
        "iso": day.isoformat(timespec="minutes"),
        "date": dates.short_date(day.date(), reader.locale),
        "time": dates.time_range(spot.start, spot.end, reader.zone, reader.locale),
        "code": spot.reason,
    }


def reason(code: str) -> str:
    """Why a date is not open, for a guest: in the active language, and nothing about other people."""
    return {
        "PAST": _("That time is over."),
        "NOTICE": _("Too soon to book."),
        "TOOFAR": _("Too far ahead to book."),
        "HOURS": _("Not open then."),
        "OVERRIDE": _("Not open then."),
        "GRID": _("Not open then."),
        "HOSTOFF": _("Not open then."),
        "SEATS": _("All places are taken."),
        "LINKWINDOW": _("Your link does not offer this time."),
    }.get(code, _("Already taken."))


def of_booking(booking: Booking, reader: Reader) -> dict[str, Any]:
    """For _series_dates.html: the appointments of the booking's series, and how many follow it; empty for a single one."""
    if booking.series_id is None:
        return {}
    rows = series_of(booking.account_id, booking.series_id)
    later = [one for one in rows if one.start_min > booking.start_min and one.status in ACTIVE]
    return {"series_rows": [_row(one, booking, reader) for one in rows], "following": len(later)}


def _row(one: Booking, here: Booking, reader: Reader) -> dict[str, Any]:
    return {
        "when": dates.moment(one.start_min, reader.zone, reader.locale),
        "iso": dates.local(one.start_min, reader.zone).isoformat(timespec="minutes"),
        "path": "" if one.id == here.id else urlsplit(manage_url(one.id)).path,
        "gone": one.status in ("cancelled", "declined"),
    }

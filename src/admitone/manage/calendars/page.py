"""The frame of a calendar's page: its tabs, its status, the addresses in its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.manage.calendars.previewing import choices
from admitone.manage.calendars.reading import public_url
from admitone.manage.context import AccountRequest


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the calendar, or several under one name; it leads to the first of them."""

    label: str
    pages: tuple[tuple[str, str], ...]


def tabs(account: Account, calendar: Calendar, current: str) -> list[dict[str, Any]]:
    """The tabs, that of the page `current` with its pages if it has several."""
    waiting = (("waitlist", _("Waiting list")),) if calendar.waitlist or current == "waitlist" else ()
    times = (("hours", _("Hours")), ("rules", _("Rules")), ("busy", _("Busy times")), ("blocks", _("Blocked time")))
    named = [
        Tab(_("One-time links"), (("links", ""),)),
        Tab(_("Details"), (("details", ""),)),
        Tab(_("Team"), (("team", ""),)),
        Tab(_("Availability"), times),
        Tab(_("Booking"), (("bookings", _("Booking rules")), ("form", _("Booking form")), *waiting)),
        Tab(_("Notifications"), (("notices", ""),)),
        Tab(_("Look"), (("look", ""),)),
        Tab(_("Access"), (("access", ""),)),
        Tab(_("Pause or delete"), (("danger", ""),)),
    ]
    return [_shown(account, calendar, tab, current) for tab in named]


def _shown(account: Account, calendar: Calendar, tab: Tab, current: str) -> dict[str, Any]:
    pages = [
        {"label": label, "current": name == current, "url": _url(account, calendar, name)} for name, label in tab.pages
    ]
    return {
        "label": tab.label,
        "current": any(page["current"] for page in pages),
        "url": pages[0]["url"],
        "pages": pages if len(pages) > 1 else [],
    }


def _url(account: Account, calendar: Calendar, name: str) -> str:
    route = "manage:calendar" if name == "details" else f"manage:calendar_{name}"
    return reverse(route, args=[account.slug, calendar.id])


def show(
    request: AccountRequest, calendar: Calendar, current: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render manage/calendars/<current>.html inside the calendar's frame."""
    frame = {
        "calendar": calendar,
        "tabs": tabs(request.account, calendar, current),
        "public_url": public_url(request.account, calendar),
        "preview": choices(request, calendar),
    }
    return render(request, f"manage/calendars/{current}.html", {**frame, **context}, status=status)

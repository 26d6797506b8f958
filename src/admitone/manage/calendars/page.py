"""The frame of a calendar's page: its tabs, its status, the addresses in its header."""

from __future__ import annotations

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


def tabs(account: Account, calendar: Calendar, current: str) -> list[dict[str, Any]]:
    named = [
        ("links", _("One-time links")),
        ("details", _("Details")),
        ("team", _("Team")),
        ("hours", _("Hours")),
        ("rules", _("Rules")),
        ("bookings", _("Booking rules")),
        *([("waitlist", _("Waiting list"))] if calendar.waitlist or current == "waitlist" else []),
        ("form", _("Booking form")),
        ("look", _("Look")),
        ("notices", _("Notifications")),
        ("access", _("Access")),
        ("busy", _("Busy times")),
        ("blocks", _("Blocked time")),
        ("danger", _("Pause or delete")),
    ]
    return [
        {
            "label": label,
            "current": name == current,
            "url": reverse(
                "manage:calendar" if name == "details" else f"manage:calendar_{name}", args=[account.slug, calendar.id]
            ),
        }
        for name, label in named
    ]


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

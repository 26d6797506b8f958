"""Look at a calendar's page as a guest of any zone and language would see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.calendars.previews import pass_for
from admitone.logic.identity import clean_zone
from admitone.manage.calendars.opening import opened
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import languages

#: Around the world; the page itself lists all of them.
ZONES = (
    *("America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Europe/London", "Europe/Berlin"),
    *("Africa/Lagos", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"),
)


def choices(request: AccountRequest, calendar: Calendar) -> dict[str, Any]:
    """What the button "Preview as…" offers; the calendar's own zone first."""
    own = (calendar.schedule.timezone, request.user.timezone or request.account.timezone)
    return {"zones": list(dict.fromkeys((*own, *ZONES))), "languages": languages()}


@require_safe
@in_account()
def preview(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """?tz= and ?lang=, to a page on which nothing can be booked."""
    calendar = opened(request, calendar_id, "view")
    query = {}
    try:
        query["tz"] = clean_zone(request.GET.get("tz") or calendar.schedule.timezone)
    except ValueError:
        query["tz"] = calendar.schedule.timezone
    if request.GET.get("lang") in dict(languages()):
        query["lang"] = request.GET["lang"]
    return redirect(f"/preview/{pass_for(calendar.id)}?{urlencode(query)}")

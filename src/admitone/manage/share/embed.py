"""The Embed tab: three ways to put the calendar into a site, and a page that shows each of them alive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import opened
from admitone.manage.context import AccountRequest, in_account


@dataclass(frozen=True, slots=True)
class Mode:
    name: str
    title: str | Promise
    text: str | Promise


MODES = (
    Mode("inline", gettext_lazy("Inline"), gettext_lazy("The calendar stands in the page.")),
    Mode("popup", gettext_lazy("Popup"), gettext_lazy("A link in the page opens the calendar in a window over it.")),
    Mode("float", gettext_lazy("Floating button"), gettext_lazy("A button in the corner of every page opens it.")),
)


def context(calendar: Calendar, url: str) -> dict[str, Any]:
    return {
        "embeds": [{"mode": mode, "code": snippet(url, mode.name), "id": f"embed-{mode.name}"} for mode in MODES],
        "sites": "\n".join(calendar.embed_origins),
    }


def snippet(url: str, mode: str) -> str:
    """What the owner pastes: the script and a plain link that works without it."""
    word = _("Book an appointment")
    script = escape(addresses.absolute("/embed.js"))
    return (
        f'<script async src="{script}"></script>\n'
        f'<div data-book="{escape(url)}" data-mode="{mode}" data-label="{escape(word)}">\n'
        f'  <a href="{escape(url)}">{escape(word)}</a>\n</div>'
    )


@require_safe
@in_account()
def preview(request: AccountRequest, account: Account, calendar_id: UUID, mode: str) -> HttpResponse:
    """A page like an owner's, with the snippet in it; only our own pages may frame it."""
    calendar = opened(request, calendar_id, "view")
    if mode not in {each.name for each in MODES} or calendar.access == "one_time":
        raise Problem("not_found")
    path = f"/{account.slug}/{calendar.slug}"
    response = render(request, "manage/share/preview.html", {"calendar": calendar, "mode": mode, "path": path})
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]  # as csp.decorators does
    return response

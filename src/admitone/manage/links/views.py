"""The lists of one-time links: of one calendar and of the whole sub-account, and their CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.links import queries
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import tabs
from admitone.manage.calendars.reading import public_url
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.links import export, wording
from admitone.manage.links.reach import Reach
from admitone.manage.links.reading import PAGE, Filters, rows_of


@require_safe
@in_account()
def links(request: AccountRequest, account: Account) -> HttpResponse:
    return listed(request, account, None)


@require_safe
@in_account()
def calendar_links(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """The One-Time Booking Links section of a calendar."""
    return listed(request, account, opened(request, calendar_id, "view"))


@require_safe
@in_account()
def csv_file(request: AccountRequest, account: Account) -> HttpResponseBase:
    """The filtered list, all pages of it."""
    now, filters = timezone.now(), Filters.of(request.GET.dict())
    reach = Reach(request)
    return export.response(filters.rows(reach, now), reach, now)


def listed(request: AccountRequest, account: Account, calendar: Calendar | None) -> HttpResponse:
    now, reach = timezone.now(), Reach(request)
    filters = Filters.of(request.GET.dict(), calendar.id if calendar else None)
    page = Paginator(filters.rows(reach, now), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(page.object_list, reach, now),
        "filters": filters,
        "tabs_of_status": status_tabs(filters, queries.tally(filters.rows(reach, now, status=False), now)),
        "explained": explained(account, reach, filters, now),
        "sources": wording.SOURCES.items(),
        "contact": named(account, filters.contact),
        "private_base": wording.private_base(),
        "may_create": reach.may(calendar.id, "book") if calendar else bool(reach.everything or reach.ids("book")),
        "may_manage": reach.may(calendar.id, "manage") if calendar else bool(reach.everything or reach.ids("manage")),
        "sort": filters.sort,
        **(
            frame(request, account, reach, calendar)
            if calendar
            else {"calendars": reach.calendars(), "groups": reach.groups()}
        ),
    }
    return render(request, "manage/links/list.html", context)


def frame(request: AccountRequest, account: Account, reach: Reach, calendar: Calendar) -> dict[str, Any]:
    """What the calendar's own header needs; a section that the person may not open is not named."""
    found = tabs(account, calendar, "links")
    mine = found if reach.may(calendar.id, "manage") else [tab for tab in found if tab["current"]]
    return {"calendar": calendar, "tabs": mine, "public_url": public_url(account, calendar)}


def status_tabs(filters: Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    """One tab a status with its count; "" is all."""
    return [
        {
            "status": name,
            "count": counts[name] if name else sum(counts.values()),
            "query": filters.query(status=name),
            "current": filters.status == name,
        }
        for name in ("", *queries.STATUSES)
    ]


def explained(account: Account, reach: Reach, filters: Filters, now: datetime) -> dict[str, Any] | None:
    """For a pasted link: does it work, and why not? None for any other search."""
    if not looks_like_link(filters.q):
        return None
    link = queries.explain(account, filters.q, now).link
    if link is not None and not reach.may_target(link, "view"):
        link = None
    state = queries.state_of(link, now) if link else "unknown"
    target = queries.target_of(link) if link else None
    return {
        "sentence": wording.why(account, link, now),
        "state": state,
        "link": link,
        "tone": "ok" if state == "active" else "warn",
        "can_reissue": bool(
            link and target and target.deleted_at is None and state != "active" and reach.may_target(link, "book")
        ),
    }


def looks_like_link(text: str) -> bool:
    return queries.token_in(text) is not None or "/o/" in text or "://" in text


def named(account: Account, contact_id: str) -> Contact | None:
    return Contact.objects.filter(account=account, id=contact_id).first() if contact_id else None

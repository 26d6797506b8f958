"""The Share dialog of a calendar: four tabs, in a dialog where script loads it, as a page everywhere else."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.calendars import services
from admitone.calendars.models import Calendar
from admitone.links import queries
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import opened
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.links import wording
from admitone.manage.links.forms import TermsForm
from admitone.manage.links.reach import Reach
from admitone.manage.links.reading import row_of
from admitone.manage.links.sending import send_context
from admitone.manage.share import embed

TABS = ("scheduling", "permanent", "one-time", "embed")


@require_safe
@in_account()
def share(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """Opening it mints nothing: it shows the person's last unused link of this calendar, if there is one."""
    calendar = opened(request, calendar_id, "view")
    tab = request.GET.get("tab", "")
    return shown(request, calendar, tab=tab if tab in TABS else "")


def shown(
    request: AccountRequest, calendar: Calendar, *, tab: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """The whole page, the dialog for a script that opens it, or its body for a form inside."""
    context = {**context_of(request, calendar, timezone.now()), **more}
    context["tab"] = tab or ("one-time" if calendar.access == "one_time" else TABS[0])
    return render(request, template_of(request), context, status=status)


def template_of(request: AccountRequest) -> str:
    if "HX-Request" not in request.headers:
        return "manage/share/page.html"
    inside = request.headers.get("HX-Target") == "share-body"
    return "manage/share/_body.html" if inside else "manage/share/dialog.html"


def context_of(request: AccountRequest, calendar: Calendar, now: datetime) -> dict[str, Any]:
    account, reach = request.account, Reach(request)
    link = queries.my_last_unbound(request.user, calendar, now)
    scheduling = addresses.scheduling_url(account.slug, calendar.slug)
    permanent = addresses.permanent_url(calendar.id)
    return {
        "calendar": calendar,
        "closed": calendar.access == "one_time",
        "can_manage": reach.may(calendar.id, "manage"),
        "can_book": reach.may(calendar.id, "book"),
        "scheduling_url": scheduling,
        "permanent_url": permanent,
        "scheduling_qr": qr(scheduling),
        "permanent_qr": qr(permanent),
        "slug_base": addresses.absolute(f"/{account.slug}/"),
        "slug": calendar.slug,
        "old_slugs": list(calendar.slugs.exclude(slug=calendar.slug).order_by("slug").values_list("slug", flat=True)),
        "private_base": wording.private_base(),
        "form": TermsForm(zone=account.timezone, now=now, of=[calendar], auto_id="share_%s"),
        **counted(calendar, now),
        **made_context(request, link, now),
        **embed.context(calendar, scheduling),
    }


def counted(calendar: Calendar, now: datetime) -> dict[str, int]:
    return {"active_links": queries.counts(calendar.account, now, calendar=calendar.id)["active"]}


def made_context(
    request: AccountRequest, link: OneTimeLink | None, now: datetime, before: OneTimeLink | None = None
) -> dict[str, Any]:
    """The link that stands in the One-time tab, with everything needed to hand it over; `before` is the one it replaced."""
    if link is None:
        return {"link": None}
    row = row_of(link, Reach(request), now, [])
    found = {"link": link, "row": row, "age": wording.age(link, now), "before": None, "qr": qr(row.url)}
    if before is not None:
        found["before"] = row_of(before, Reach(request), now, [])
    return {**found, **send_context(request, link)}


def qr(url: str) -> dict[str, str]:
    """Pictures of an address as data URIs: black on white, so that every scanner reads them in dark mode too."""
    code = segno.make(url, error="m", micro=False)
    return {
        "svg": code.svg_data_uri(scale=4, border=3, dark="#000", light="#fff"),
        "png": code.png_data_uri(scale=12, border=3),
    }


@require_POST
@in_account()
def slug(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """A new address for the scheduling link; the old ones redirect to it."""
    calendar = opened(request, calendar_id, "manage")
    wanted = request.POST.get("slug", "")
    try:
        calendar = services.change_slug(
            account=account, calendar_id=calendar.id, actor=request.actor, now=timezone.now(), slug=wanted
        )
    except Problem as problem:
        sentence = problem.fields.get("slug", problem.detail)
        return shown(request, calendar, tab="scheduling", status=422, slug=wanted[:120], slug_error=sentence)
    return saved(request, calendar, "scheduling", _("The address is changed. Old addresses lead to the new one."))


@require_POST
@in_account()
def sites(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """The sites that may embed the calendar, one a line."""
    calendar = opened(request, calendar_id, "manage")
    wanted = request.POST.get("embed_origins", "")[:5000]
    try:
        calendar = services.update_calendar(
            account=account,
            calendar_id=calendar.id,
            actor=request.actor,
            now=timezone.now(),
            embed_origins=wanted.split(),
        )
    except Problem as problem:
        sentence = " ".join(problem.fields.values()) or problem.detail
        return shown(request, calendar, tab="embed", status=422, sites=wanted, sites_error=sentence)
    return saved(request, calendar, "embed", _("The allowed sites are saved."))


def saved(request: AccountRequest, calendar: Calendar, tab: str, words: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return shown(request, calendar, tab=tab, notice=words)
    messages.success(request, words)
    return redirect(address(request.account, calendar, tab))


def address(account: Account, calendar: Calendar, tab: str) -> str:
    return reverse("manage:share", args=[account.slug, calendar.id]) + f"?tab={tab}"

"""The Share dialog of a group: its page's link, a one-time link, the embed code."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars.groups import members
from admitone.calendars.models import CalendarGroup
from admitone.links import queries
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem, told
from admitone.manage.groups.opening import opened
from admitone.manage.links import wording
from admitone.manage.links.forms import TermsForm
from admitone.manage.links.issuing import issue_from
from admitone.manage.links.reach import Reach
from admitone.manage.share import embed
from admitone.manage.share.views import made_context, qr

TABS = ("group", "one-time", "embed")


@require_safe
@in_account()
def share(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    """Opening it mints nothing: it shows the person's last unused link of this group, if there is one."""
    group = opened(request, group_id)
    tab = request.GET.get("tab", "")
    return shown(request, group, tab=tab if tab in TABS else "group")


def shown(request: AccountRequest, group: CalendarGroup, *, tab: str, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page, or the dialog for a script that opens it."""
    context = {**context_of(request, group, timezone.now()), "tab": tab, **more}
    template = "dialog" if "HX-Request" in request.headers else "page"
    return render(request, f"manage/groups/share_{template}.html", context, status=status)


def context_of(request: AccountRequest, group: CalendarGroup, now: datetime) -> dict[str, Any]:
    url = addresses.group_url(request.account.slug, group.slug)
    link = queries.my_last_unbound(request.user, group, now)
    return {
        "group": group,
        "can_book": Reach(request).at_group(group.id) in ("book", "manage"),
        "group_url": url,
        "group_qr": qr(url),
        "private_base": wording.private_base(),
        "form": TermsForm(zone=request.account.timezone, now=now, auto_id="share_%s"),
        "active_links": queries.counts(request.account, now, group=group.id)["active"],
        **made_context(request, link, now),
        **embeds(group, url),
    }


def embeds(group: CalendarGroup, url: str) -> dict[str, Any]:
    """The snippets, and which sites each calendar lets in: the group's page follows its calendars."""
    rows = [(each, each.embed_origins) for each in members(group)]
    codes = [{"mode": each, "code": embed.snippet(url, each.name), "id": f"embed-{each.name}"} for each in embed.MODES]
    return {"embeds": codes, "sites_of": rows}


@require_POST
@in_account()
def mint(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    """The person's unused link again if nothing else was asked for; `replace` always makes a new one."""
    group, now = opened(request, group_id, "book"), timezone.now()
    form = TermsForm(request.POST, zone=account.timezone, now=now, auto_id="share_%s")
    try:
        link, before = made(request, group, form, now)
    except Problem as problem:
        return refused(request, group, form, problem)
    panel = made_panel(account, group, link, before)
    if "application/json" not in request.headers.get("Accept", ""):
        return redirect(panel)
    url, message = addresses.one_time_url(link.id), wording.age(link, now)
    return JsonResponse({"id": str(link.id), "url": url, "message": message, "panel": panel})


def made(
    request: AccountRequest, group: CalendarGroup, form: TermsForm, now: datetime
) -> tuple[OneTimeLink, OneTimeLink | None]:
    """The link and the one that it replaced, which stays active."""
    if not form.is_valid():
        raise Problem("invalid", fields={name: str(errors[0]) for name, errors in form.errors.items()})
    last = queries.my_last_unbound(request.user, group, now)
    replace = bool(request.POST.get("replace"))
    if last is not None and form.is_plain and not replace:
        return last, None
    before = active(request, group, request.POST.get("current", ""), now) if replace else None
    return issue_from(request, group, form, now, replaces=before.id if before else None), before


def active(request: AccountRequest, group: CalendarGroup, link_id: str, now: datetime) -> OneTimeLink | None:
    """The group's link of this id, if it still works."""
    key = as_uuid(link_id)
    rows = queries.listing(request.account, now=now, group=group.id, status="active")
    return rows.filter(id=key).first() if key else None


def made_panel(account: Account, group: CalendarGroup, link: OneTimeLink, before: OneTimeLink | None) -> str:
    path = reverse("manage:group_made", args=[account.slug, group.id, link.id])
    return f"{path}?before={before.id}" if before else path


@require_safe
@in_account()
def minted(request: AccountRequest, account: Account, group_id: UUID, group_link_id: UUID) -> HttpResponse:
    """One link of the group in the One-time tab: the part below the buttons for a script, else the whole page."""
    group, now = opened(request, group_id, "book"), timezone.now()
    link = Reach(request).link(group_link_id, "book")
    if link.group_id != group.id:
        raise Problem("not_found")
    before = active(request, group, request.GET.get("before", ""), now)
    context = made_context(request, link, now, before)
    if "HX-Request" in request.headers:
        count = queries.counts(account, now, group=group.id)["active"]
        return render(request, "manage/groups/_made.html", {**context, "group": group, "active_links": count})
    return shown(request, group, tab="one-time", **context)


def refused(request: AccountRequest, group: CalendarGroup, form: TermsForm, problem: Problem) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return told(problem)
    if form.is_valid():
        show_problem(form, problem)
    return shown(request, group, tab="one-time", form=form, status=problem.status)


@require_safe
@in_account()
def preview(request: AccountRequest, account: Account, group_id: UUID, mode: str) -> HttpResponse:
    """A page like an owner's, with the snippet in it; only our own pages may frame it."""
    group = opened(request, group_id)
    if mode not in {each.name for each in embed.MODES}:
        raise Problem("not_found")
    path = f"/{account.slug}/g/{group.slug}"
    response = render(request, "manage/share/preview.html", {"mode": mode, "path": path})
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]  # as csp.decorators does
    return response

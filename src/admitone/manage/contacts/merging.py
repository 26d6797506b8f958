"""Contacts that may be one person, and two of them side by side before they become one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.contacts import services
from admitone.contacts.duplicates import suspects
from admitone.contacts.filters import Filters
from admitone.contacts.merging import Pair, preview
from admitone.logic.errors import Problem
from admitone.manage.bookings.reading import typed, zone_of
from admitone.manage.contacts import reading
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import languages

FOUND = 20


@require_safe
@in_account()
def duplicates(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_contacts")
    context = {"pairs": suspects(account), "zone": zone_of(request)}
    return render(request, "manage/contacts/duplicates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def merge(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    """Without `with`, a search for the other one; with it both side by side; POST merges."""
    found = reading.one(request, contact_id)
    permissions.require(request.role, "manage_contacts")
    other = (request.POST or request.GET).get("with", "")
    if not other:
        return search(request, found)
    choices = {name[7:]: str(side) for name, side in request.POST.items() if name.startswith("choice:")}
    try:
        seen = preview(account, found.id, other, choices)
        if request.method == "POST":
            return merged(request, account, found.id, other, choices)
    except Problem as problem:
        if problem.code in ("not_found", "contact_merged"):
            raise
        messages.error(request, next(iter(problem.fields.values()), problem.detail))
        return redirect("manage:merge_contact", account.slug, found.id)
    context = {
        "contact": found,
        "seen": seen,
        "pairs": [spelled(pair) for pair in seen.pairs],
        "zone": zone_of(request),
    }
    return render(request, "manage/contacts/merge.html", context)


def spelled(pair: Pair) -> Pair:
    """With the names of languages instead of their codes."""
    if pair.name != "locale":
        return pair
    names = dict(languages())
    return replace(pair, keep=names.get(pair.keep, pair.keep), drop=names.get(pair.drop, pair.drop))


def search(request: AccountRequest, found: Any) -> HttpResponse:
    """Those who may be meant: what is typed, else the same name."""
    asked = typed(request.GET.get("q", ""))
    rows = reading.visible(request, Filters(search=asked or found.name or found.phone or "-")).exclude(id=found.id)
    context = {"contact": found, "search": asked, "rows": rows[:FOUND], "zone": zone_of(request)}
    return render(request, "manage/contacts/merge_search.html", context)


def merged(request: AccountRequest, account: Account, keep: Any, drop: str, choices: dict[str, str]) -> HttpResponse:
    kept = services.merge(
        account=account, keep_id=keep, drop_id=drop, choices=choices, actor=request.actor, now=timezone.now()
    )
    messages.success(request, _("The contacts are one now."))
    return redirect("manage:contact", account.slug, kept.id)

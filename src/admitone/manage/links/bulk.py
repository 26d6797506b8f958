"""Delete, extend, copy or export the ticked links, or all that match the filters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars import access
from admitone.links import queries, services
from admitone.links.models import OneTimeLink
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.links import export, wording
from admitone.manage.links.acting import back, days_of, offer_undo, who
from admitone.manage.links.reach import Reach
from admitone.manage.links.reading import Filters

LEVELS: dict[str, access.Level] = {"delete": "manage", "extend": "manage", "csv": "view", "copy": "book"}
MAX_COPY = 2000


@require_POST
@in_account()
def bulk(request: AccountRequest, account: Account) -> HttpResponseBase:
    """`do` says what; `ids` or `all_matching` with the address's filters say to which."""
    what, now, reach = request.POST.get("do", ""), timezone.now(), Reach(request)
    if what not in LEVELS:
        return nothing(request, account)
    rows = chosen(request, reach, now).order_by("-created_at", "id")
    rows = rows.filter(reach.scope(LEVELS[what]))
    if what == "csv":
        return export.response(rows, reach, now)
    if what == "copy":
        return copied(request, rows, now)
    ids = list(rows.values_list("id", flat=True))
    if not ids:
        return nothing(request, account)
    return (deleted if what == "delete" else extended)(request, account, ids, now)


def chosen(request: AccountRequest, reach: Reach, now: datetime) -> QuerySet[OneTimeLink]:
    filters = Filters.of(request.GET.dict(), as_uuid(request.GET.get("within", "")))
    if request.POST.get("all_matching"):
        return filters.rows(reach, now)
    keys = [key for key in map(as_uuid, request.POST.getlist("ids")) if key]
    return queries.listing(reach.request.account, now=now).filter(reach.scope(), id__in=keys)


def deleted(request: AccountRequest, account: Account, ids: list[UUID], now: datetime) -> HttpResponse:
    done = services.revoke_many(account=account, link_ids=ids, actor=request.actor, now=now)
    words = ngettext("%(n)d link is deleted.", "%(n)d links are deleted.", done) % {"n": done}
    words = " ".join(filter(None, [words, kept(len(ids) - done)]))
    if done:
        offer_undo(request, words, reverse("manage:links_restoration", args=[account.slug]), deleted_at=iso_exact(now))
    else:
        messages.info(request, words)
    return back(request, reverse("manage:links", args=[account.slug]))


def kept(count: int) -> str:
    if not count:
        return ""
    words = ngettext(
        "%(n)d stays: it is used or was deleted before.", "%(n)d stay: they are used or were deleted before.", count
    )
    return words % {"n": count}


def extended(request: AccountRequest, account: Account, ids: list[UUID], now: datetime) -> HttpResponse:
    days = days_of(request)
    done = services.extend_many(account=account, link_ids=ids, days=days, actor=request.actor, now=now)
    words = ngettext("%(n)d link expires %(days)d days later.", "%(n)d links expire %(days)d days later.", done)
    rest = len(ids) - done
    others = ngettext(
        "%(n)d stays as it is: it is used, deleted or never expires.",
        "%(n)d stay as they are: used, deleted, or without expiry.",
        rest,
    )
    told = [words % {"n": done, "days": days}, others % {"n": rest} if rest else ""]
    messages.success(request, " ".join(filter(None, told)))
    return back(request, reverse("manage:links", args=[account.slug]))


def copied(request: AccountRequest, rows: QuerySet[OneTimeLink], now: datetime) -> HttpResponse:
    """The addresses, one a line: as text for the script that copies them, as a page without it."""
    urls = [addresses.one_time_url(key) for key in rows.values_list("id", flat=True)[:MAX_COPY]]
    if "text/plain" in request.headers.get("Accept", ""):
        return HttpResponse("\n".join(urls), content_type="text/plain; charset=utf-8")
    context = {"urls": urls, "text": "\n".join(urls), "private_base": wording.private_base()}
    return render(request, "manage/links/copied.html", context)


def nothing(request: AccountRequest, account: Account) -> HttpResponse:
    messages.info(request, _("Nothing was selected."))
    return back(request, reverse("manage:links", args=[account.slug]))


@require_POST
@in_account()
def restore(request: AccountRequest, account: Account) -> HttpResponse:
    """Undo one bulk deletion, named by its instant."""
    at = instant(request.POST)
    reach = Reach(request)
    mine: dict[str, Any] = {"calendars": reach.ids("manage"), "groups": reach.group_ids("manage") or ()}
    done = services.restore_many(**who(request), deleted_at=at, **mine) if at else 0
    messages.success(request, ngettext("%(n)d link is back.", "%(n)d links are back.", done) % {"n": done})
    return back(request, reverse("manage:links", args=[account.slug]))


def instant(data: QueryDict) -> datetime | None:
    try:
        found = parse_datetime(data.get("deleted_at", "")[:40])
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def iso_exact(at: datetime) -> str:
    """With microseconds, unlike logic.clock.iso: the instant is the name of the deletion."""
    return at.isoformat()

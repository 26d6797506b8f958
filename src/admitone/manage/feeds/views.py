"""Secret calendar feeds: one's own for everybody, those of all hosts for owners and admins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account, User
from admitone.calendars.models import CalendarHost, Host
from admitone.calendars.queries import hosts_for
from admitone.integrations.host_feeds import feed_url, feeds_of, make_feed, revoke_feed, rotate_feed
from admitone.integrations.models import HostFeed
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account

ACTS: dict[str, Callable[..., Any]] = {"make": make_feed, "rotate": rotate_feed, "revoke": revoke_feed}


@dataclass(frozen=True, slots=True)
class Row:
    """`url` is empty without a feed."""

    account: Account
    host: Host
    url: str


def rows(account: Account, hosts: Iterable[Host]) -> list[Row]:
    found = list(hosts)
    feeds = feeds_of(account, found)
    return [Row(account, host, feed_url(feeds[host.id]) if host.id in feeds else "") for host in found]


def own_rows(user: User) -> list[Row]:
    """The person's own, of every sub-account whose calendars they serve; four statements."""
    served = CalendarHost.objects.filter(host__user=user, calendar__deleted_at=None)
    pairs = set(served.values_list("calendar__account_id", "host_id"))
    if not pairs:
        return []
    mine = {host.id: host for host in Host.objects.filter(user=user)}
    feeds = {(row.account_id, row.host_id): row for row in HostFeed.objects.filter(host__in=mine)}
    return [
        Row(account, mine[host_id], feed_url(feeds[account.id, host_id]) if (account.id, host_id) in feeds else "")
        for account in permissions.accounts_of(user)
        for host_id in mine
        if (account.id, host_id) in pairs
    ]


@require_safe
@in_account()
def feeds(request: AccountRequest, account: Account) -> HttpResponse:
    """Owners and admins see every host, members themselves."""
    found = hosts_for(account)
    if request.role == "member":
        found = found.filter(user=request.user)
    return render(request, "manage/feeds/feeds.html", {"rows": rows(account, found), "back": "feeds"})


@require_POST
@in_account()
def change(request: AccountRequest, account: Account, host_id: UUID) -> HttpResponse:
    """`do` is make, rotate or revoke; `back` is the page to return to."""
    act = ACTS.get(request.POST.get("do", ""))
    own = Host.objects.filter(id=host_id, user=request.user).exists()
    if act is None or not (own or permissions.at_least(request.role, "admin")):
        raise Problem("not_found")
    act(account=account, host_id=host_id, actor=request.actor, now=timezone.now())
    said = {
        "make": _("The feed is ready: copy its address."),
        "rotate": _("The feed has a new address; the old one is dead."),
        "revoke": _("The feed is withdrawn."),
    }
    messages.success(request, said[request.POST["do"]])
    return redirect("manage:me") if request.POST.get("back") == "me" else redirect("manage:feeds", account.slug)

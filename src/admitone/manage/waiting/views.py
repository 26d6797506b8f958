"""The waiting list of a calendar, by time: who waits, who was made an offer; take somebody off, offer a place now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.booking.holds import waiting_list
from admitone.booking.models import WaitlistEntry
from admitone.booking.queries import openings
from admitone.booking.services.waiting import leave
from admitone.calendars.models import Calendar
from admitone.links.models import OneTimeLink
from admitone.links.services.offering import offer_now
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.waiting import Held
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account

MOST = 500


@dataclass(frozen=True, slots=True)
class Row:
    entry: WaitlistEntry
    until: datetime | None
    can_offer: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A full time with those who wait for it, in their order."""

    start: datetime
    free: int
    rows: list[Row]


@require_safe
@in_account()
def waiting(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """Times to come; ?all=1 shows those who booked, let it go or left, too."""
    calendar = opened(request, calendar_id, "book")
    now, everybody = timezone.now(), request.GET.get("all") == "1"
    entries = waiting_list(account, calendar.id, first=to_min_floor(now))
    entries = entries if everybody else entries.filter(status__in=("waiting", "offered"))
    context: dict[str, Any] = {
        "lines": lines_of(calendar, list(entries[:MOST]), now),
        "everybody": everybody,
        "zone": calendar.schedule.timezone,
        "hold": calendar.waitlist_hold,
    }
    return show(request, calendar, "waitlist", **context)


def lines_of(calendar: Calendar, entries: list[WaitlistEntry], now: datetime) -> list[Line]:
    links = OneTimeLink.objects.filter(id__in=[one.link_id for one in entries if one.link_id])
    until = dict(links.values_list("id", "expires_at"))
    found = []
    for start, group in groupby(entries, key=lambda one: one.start_min):
        free = free_at(calendar, start, now)
        rows = [
            Row(
                one,
                until.get(one.link_id) if one.status == "offered" and one.link_id else None,
                one.status == "waiting" and one.seats <= free,
            )
            for one in group
        ]
        found.append(Line(from_min(start), free, rows))
    return found


def free_at(calendar: Calendar, start: int, now: datetime) -> int:
    """Seats that could be offered at a start; 0 where it cannot be booked at all."""
    plan = calendar.compiled
    if not plan.active or not plan.waitlist:
        return 0
    asked = openings(plan, now=now, first=start, end=start + 1)
    return max(0, asked.unheld().get(start, 0) - asked.held.get(start, Held()).seats)


@require_POST
@in_account()
def remove(request: AccountRequest, account: Account, calendar_id: UUID, entry_id: UUID) -> HttpResponse:
    entry = one(request, account, calendar_id, entry_id)
    leave(account_id=account.id, entry_id=entry.id, actor=request.actor, now=timezone.now())
    messages.success(request, _("%s is off the waiting list.") % entry.contact.name)
    return redirect("manage:calendar_waitlist", account.slug, calendar_id)


@require_POST
@in_account()
def offer(request: AccountRequest, account: Account, calendar_id: UUID, entry_id: UUID) -> HttpResponse:
    entry = one(request, account, calendar_id, entry_id)
    try:
        offer_now(account_id=account.id, entry_id=entry.id, actor=request.actor, now=timezone.now())
    except Problem as problem:
        messages.error(request, _("No place is free at this time.") if problem.code == "slot_taken" else problem.detail)
    else:
        messages.success(request, _("%s gets an email with a link for this place.") % entry.contact.name)
    return redirect("manage:calendar_waitlist", account.slug, calendar_id)


def one(request: AccountRequest, account: Account, calendar_id: UUID, entry_id: UUID) -> WaitlistEntry:
    calendar = opened(request, calendar_id, "book")
    entry = get(account, WaitlistEntry, entry_id, "contact")
    if entry.calendar_id != calendar.id:
        raise Problem("not_found")
    return entry

"""What a press on the calendar opens: an appointment in short, or the guests of one time of a class."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts.models import Account
from admitone.booking import services
from admitone.calendars import access
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.manage.agenda import dialogs
from admitone.manage.agenda.reading import GONE
from admitone.manage.bookings import reading
from admitone.manage.bookings.views import details
from admitone.manage.calendars.opening import opened
from admitone.manage.context import AccountRequest, in_account
from admitone.ui import formats

MOST_GUESTS = 500


@require_safe
@in_account()
def card(request: AccountRequest, account: Account, booking_id: UUID) -> HttpResponse:
    """In a dialog; without one the appointment's own page says more."""
    booking, level = reading.one(request, booking_id)
    if not dialogs.in_dialog(request):
        return redirect("manage:booking", account.slug, booking.id)
    return dialogs.show(request, "card", details(request, booking, level), title=booking.name)


@require_POST
@in_account()
def no_show(request: AccountRequest, account: Account, booking_id: UUID) -> HttpResponse:
    """Mark as a no-show, or with `undo` take that back."""
    booking, level = reading.one(request, booking_id, "book")
    undo = bool(request.POST.get("undo"))
    try:
        services.mark_no_show(
            account_id=account.id, booking_id=booking.id, undo=undo, actor=request.actor, now=timezone.now()
        )
    except Problem as problem:
        context = details(request, booking, level) | {"trouble": problem.detail}
        return dialogs.show(request, "card", context, title=booking.name, status=409)
    said = _("They came after all.") if undo else _("Marked as a no-show.")
    return dialogs.done(request, said, "manage:booking", account.slug, booking.id)


@require_safe
@in_account()
def session(request: AccountRequest, account: Account, calendar_id: UUID, start: int) -> HttpResponse:
    """Who comes to one time of a class or an event, and how many places are left."""
    calendar = opened(request, calendar_id, "view")
    if start > dialogs.LATEST:
        raise Problem("not_found")
    rows = reading.visible(account, request.user, request.role).filter(calendar=calendar, start_min=start)
    now = timezone.now()
    guests = [reading.shown(row, now) for row in rows.select_related("host").order_by("id")[:MOST_GUESTS]]
    if not guests:
        raise Problem("not_found")
    there = [row for row in guests if row.status not in GONE]
    level = access.level(request.user, account, request.role, calendar)
    context = {
        "calendar": calendar,
        "guests": guests,
        "seats": sum(row.seats for row in there),
        "starts": from_min(start),
        "ends": from_min(guests[0].end_min),
        "at": start,
        "may_add": access.reaches(level, "book") and start > to_min_floor(now),
    }
    when = formats.stamp(from_min(start), dialogs.zone(request))
    return dialogs.show(request, "session", context, title=f"{calendar.name}, {when}")

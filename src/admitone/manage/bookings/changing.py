"""What the owner does to an appointment: cancel, move, mark a no-show, send a new link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.booking import services
from admitone.booking.models import Booking
from admitone.links.services import reissue
from admitone.logic.clock import from_min
from admitone.logic.errors import Problem
from admitone.manage.bookings import picking, reading
from admitone.manage.bookings.forms import CancelForm, WhenForm
from admitone.manage.bookings.origin import origin_of
from admitone.manage.bookings.views import details
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.links.reach import Reach
from admitone.ui import formats

LOST = ("slot_taken", "slot_unavailable", "calendar_paused", "calendar_deleted")


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def cancel(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    """GET asks, POST cancels; asked again of a cancelled one it changes nothing."""
    booking, level = reading.one(request, booking_id, "book")
    if booking.status == "cancelled":
        return redirect("manage:booking", account.slug, booking.id)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _cancelled(request, booking, form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
    context = {**details(request, booking, level), "form": form}
    return render(request, "manage/bookings/cancel.html", context, status=422 if form.errors else 200)


def _cancelled(request: AccountRequest, booking: Booking, answer: dict[str, Any]) -> HttpResponse:
    who: dict[str, Any] = {"actor": request.actor, "now": timezone.now()}
    act = services.cancel_following if answer["following"] else services.cancel
    act(account_id=request.account.id, booking_id=booking.id, by="host", reason=answer["reason"], **who)
    told = _("The appointments are cancelled.") if answer["following"] else _("The appointment is cancelled.")
    messages.success(request, told)
    if answer["new_link"] and booking.one_time_link_id:
        _reissue(request, booking)
    return redirect("manage:booking", request.account.slug, booking.id)


@require_POST
@in_account()
def new_link(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    """A new one-time link on the terms of the used one; pressed twice, the one that is still open is shown."""
    booking, _level = reading.one(request, booking_id, "book")
    if booking.one_time_link_id is None:
        raise Problem("not_found")
    _reissue(request, booking)
    return redirect("manage:booking", account.slug, booking.id)


def _reissue(request: AccountRequest, booking: Booking) -> None:
    now, old = timezone.now(), booking.one_time_link_id
    origin = origin_of(booking, now)
    if old is None or origin is None or origin.is_replaced:
        return
    if not Reach(request).may_target(origin.link, "book"):  # a group's link leads to other calendars, too
        messages.error(request, _("This link is for a group of calendars, and not all of them are yours to give."))
        return
    try:
        reissue(account=request.account, link_id=old, actor=request.actor, now=now, created_by=request.user)
    except Problem as problem:
        messages.error(request, problem.detail)
        return
    messages.success(request, _("A new one-time link is ready to copy."))


@require_POST
@in_account()
def no_show(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    """Mark as a no-show, or with `undo` take that back."""
    booking, _level = reading.one(request, booking_id, "book")
    undo = bool(request.POST.get("undo"))
    who: dict[str, Any] = {"actor": request.actor, "now": timezone.now()}
    try:
        services.mark_no_show(account_id=account.id, booking_id=booking.id, undo=undo, **who)
    except Problem as problem:
        messages.error(request, problem.detail)
    return redirect("manage:booking", account.slug, booking.id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def reschedule(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    """Open times by day, or any free one typed by hand; the old time is given up only for a new one."""
    booking, level = reading.one(request, booking_id, "book")
    now = timezone.now()
    search = picking.search_of(booking, now)
    form = WhenForm(posted(request))
    wanted, status, near = None, 200, []
    if request.method == "POST":
        try:
            wanted, by_hand = picking.wish(request.POST, search.zone, now)
            return _moved(request, booking, wanted, by_hand=by_hand)
        except Problem as problem:
            status = problem.status
            form.refuse(problem)
            near = search.nearest(wanted) if wanted is not None and problem.code in LOST else []
    context = {
        **details(request, booking, level),
        "form": form,
        "picker": picking.choose(search, request.GET),
        "near": near,
        "lost": from_min(wanted) if near and wanted is not None else None,
        "chosen": request.POST.get("start", ""),
        "plan": search.plan,
    }
    return render(request, "manage/bookings/reschedule.html", context, status=status)


def _moved(request: AccountRequest, booking: Booking, start: int, *, by_hand: bool) -> HttpResponse:
    moved = services.reschedule(
        account_id=request.account.id,
        booking_id=booking.id,
        start=start,
        actor=request.actor,
        now=timezone.now(),
        by="host",
        by_hand=by_hand,
    )
    when = formats.stamp(from_min(moved.start_min), booking.calendar.schedule.timezone)
    messages.success(request, _("The appointment is now on %s.") % when)
    return redirect("manage:booking", request.account.slug, booking.id)

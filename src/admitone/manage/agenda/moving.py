"""Move and cancel an appointment from the calendar: asked in a dialog after a drag, or by keyboard alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from admitone.accounts.models import Account
from admitone.booking import services
from admitone.booking.models import Booking
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.manage.agenda import dialogs
from admitone.manage.agenda.forms import CancelForm, MoveForm
from admitone.manage.bookings import picking, reading
from admitone.manage.bookings.changing import LOST
from admitone.manage.bookings.views import details
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.ui import formats


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def move(request: AccountRequest, account: Account, booking_id: UUID) -> HttpResponse:
    """GET asks, with ?start= (where it was dropped) or for a time; POST moves. A refusal leaves everything as it was."""
    booking, level = reading.one(request, booking_id, "book")
    zone, now = dialogs.zone(request), timezone.now()
    dropped = dialogs.minute(request.POST.get("start") or request.GET.get("start"))
    first = dialogs.local(booking.start_min if dropped is None else dropped, zone)
    form = MoveForm(posted(request), initial=first)
    wanted, near = None, []
    if form.is_bound and form.is_valid():
        try:
            wanted = _wanted(request, form, zone, dropped, now)
            return _moved(request, booking, wanted, quiet=_is_quiet(request, booking), zone=zone)
        except Problem as problem:
            show_problem(form, problem)
            near = _near(booking, wanted, now) if wanted is not None and problem.code in LOST else []
    context = {
        **details(request, booking, level),
        "form": form,
        "near": near,
        "start": dropped if dropped is not None else "",
    }
    title = _title(booking, dropped if not form.is_bound else wanted, zone)
    status = 409 if wanted is not None else 422 if form.errors else 200
    return dialogs.show(request, "move", context, title=title, status=status)


def _wanted(request: AccountRequest, form: MoveForm, zone: str, dropped: int | None, now: datetime) -> int:
    """The one of the offered times that was pressed, else what is typed. Raises Problem("invalid")."""
    picked = dialogs.minute(request.POST.get("pick"))
    if picked is not None:
        return picked
    start = dialogs.typed(form.cleaned_data["date"], form.cleaned_data["time"], zone, near=dropped)
    if start < to_min_floor(now):
        raise Problem("invalid", fields={"date": _("That time has passed.")})
    return start


def _moved(request: AccountRequest, booking: Booking, start: int, *, quiet: bool, zone: str) -> HttpResponse:
    moved = services.reschedule(
        account_id=request.account.id,
        booking_id=booking.id,
        start=start,
        actor=request.actor,
        now=timezone.now(),
        by="host",
        quiet=quiet,
    )
    said = _("The appointment is now on %s.") % formats.stamp(from_min(moved.start_min), zone)
    return dialogs.done(request, said, "manage:booking", request.account.slug, booking.id)


def _is_quiet(request: AccountRequest, booking: Booking) -> bool:
    return bool(booking.email) and not request.POST.get("tell")


def _near(booking: Booking, wanted: int, now: datetime) -> list[picking.Slot]:
    return picking.search_of(booking, now).nearest(wanted)


def _title(booking: Booking, start: int | None, zone: str) -> str:
    if start is None or start == booking.start_min:
        return _("Move the appointment with %s") % booking.name
    at = from_min(start)
    return _("Move to %(day)s, %(time)s?") % {"day": formats.day_short(at, zone), "time": formats.clock(at, zone)}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def cancel(request: AccountRequest, account: Account, booking_id: UUID) -> HttpResponse:
    """GET asks, POST cancels; asked again of a cancelled one it changes nothing."""
    booking, level = reading.one(request, booking_id, "book")
    form = CancelForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            if booking.status != "cancelled":
                _cancelled(request, booking, form.cleaned_data["reason"])
            return dialogs.done(request, _("The appointment is cancelled."), "manage:booking", account.slug, booking.id)
        except Problem as problem:
            show_problem(form, problem)
    context = {**details(request, booking, level), "form": form}
    title = _("Cancel the appointment with %s?") % booking.name
    return dialogs.show(request, "cancel", context, title=title, status=422 if form.errors else 200)


def _cancelled(request: AccountRequest, booking: Booking, reason: str) -> None:
    services.cancel(
        account_id=request.account.id,
        booking_id=booking.id,
        actor=request.actor,
        now=timezone.now(),
        by="host",
        reason=reason,
        quiet=_is_quiet(request, booking),
    )

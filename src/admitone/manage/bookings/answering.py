"""The owner's answer to a request: approve it, or decline it with or without a reason. Neither can be undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.booking import services
from admitone.booking.models import Booking
from admitone.logic.errors import Problem
from admitone.manage.bookings import reading, requests
from admitone.manage.bookings.forms import DeclineForm
from admitone.manage.bookings.views import details
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem


@require_POST
@in_account()
def approve(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    """Confirm it; one that is confirmed already stays so. Back to the list if the button stood there."""
    booking, _level = reading.one(request, booking_id, "book")
    try:
        services.confirm(account_id=account.id, booking_id=booking.id, actor=request.actor, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("The appointment with %s is confirmed.") % booking.name)
    return back(request, booking)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def decline(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    """GET asks for a reason, POST declines; one that was declined already is shown."""
    booking, level = reading.one(request, booking_id, "book")
    if booking.status != "pending":
        return redirect("manage:booking", account.slug, booking.id)
    form = DeclineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _declined(request, booking, form.cleaned_data["reason"])
        except Problem as problem:
            show_problem(form, problem)
    context = {**details(request, booking, level), **requests.question(booking), "decline_form": form}
    return render(request, "manage/bookings/decline.html", context, status=422 if form.errors else 200)


def _declined(request: AccountRequest, booking: Booking, reason: str) -> HttpResponse:
    who: dict[str, Any] = {"actor": request.actor, "now": timezone.now()}
    services.decline(account_id=request.account.id, booking_id=booking.id, reason=reason, **who)
    messages.success(request, _("The request of %s is declined.") % booking.name)
    return back(request, booking)


def back(request: AccountRequest, booking: Booking) -> HttpResponse:
    """To the list or calendar the button stood in (`next`), else to the appointment."""
    target = request.POST.get("next", "")
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return HttpResponseRedirect(target)
    return redirect("manage:booking", request.account.slug, booking.id)

"""The tab "Booking rules": lengths, limits of one guest or host, parties, approval, series and the waiting list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from admitone.accounts.models import Account
from admitone.calendars import services
from admitone.calendars.models import Calendar
from admitone.logic.errors import Problem
from admitone.logic.kinds import SEATED, TEAMS
from admitone.manage.calendars.forms import UNITS, SectionForm, number
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem

OF_SEATED = ("max_party", "waitlist", "waitlist_hold", "waitlist_hold_unit")


class BookingRulesForm(SectionForm):
    """Drops the fields that do not apply to the calendar's type; `of` makes it."""

    units: Sequence[str] = ("waitlist_hold",)
    durations = forms.CharField(
        required=False,
        max_length=120,
        label=gettext_lazy("Other lengths"),
        help_text=gettext_lazy("In minutes, with commas between them: 15, 60. Guests then choose. Empty: no choice."),
    )
    per_contact_limit = number(
        gettext_lazy("Upcoming appointments per guest"),
        low=1,
        required=False,
        help_text=gettext_lazy("A guest with this many books again once one is over or cancelled. Empty: no limit."),
    )
    per_host_day_limit = number(
        gettext_lazy("Appointments per host and day"),
        low=1,
        required=False,
        help_text=gettext_lazy("In this calendar. Empty: no limit."),
    )
    max_party = number(
        gettext_lazy("Places per appointment"),
        low=1,
        help_text=gettext_lazy("A guest may bring others along. 1: everybody books alone."),
    )
    approval = forms.BooleanField(
        required=False,
        label=gettext_lazy("The host approves each booking"),
        help_text=gettext_lazy("Until then the guest's time is kept for them."),
    )
    approval_hours = number(
        gettext_lazy("Hours to answer"),
        low=1,
        help_text=gettext_lazy("An unanswered request is declined after this time, at the latest when it would begin."),
    )
    reissue_on_decline = forms.BooleanField(
        required=False,
        label=gettext_lazy("Mail a new one-time link to a guest whose request was declined or not answered"),
        help_text=gettext_lazy("If they came with a one-time link. The old one stays used."),
    )
    series_max = number(
        gettext_lazy("Appointments in a series"),
        low=1,
        help_text=gettext_lazy("How many a guest may book at once, each week for example. 1: one at a time."),
    )
    waitlist = forms.BooleanField(
        required=False,
        label=gettext_lazy("Guests may join a waiting list for a full time"),
        help_text=gettext_lazy("When a place becomes free, whoever waits longest is mailed a one-time link."),
    )
    waitlist_hold = number(gettext_lazy("Keep the place for"), low=1)
    waitlist_hold_unit = forms.ChoiceField(choices=UNITS[:3], label=gettext_lazy("Unit of the time"))

    @classmethod
    def of(cls, calendar: Calendar, data: Any = None) -> BookingRulesForm:
        """The form of one calendar, filled from it or from what was posted."""
        form = cls(data, initial=cls.initial_of(calendar))
        gone = {"durations"} if calendar.kind in SEATED else set(OF_SEATED)
        if calendar.kind in SEATED and not calendar.capacity:
            gone |= {name for name in OF_SEATED if name.startswith("waitlist")}
        if calendar.kind not in TEAMS:
            gone.add("per_host_day_limit")
        for name in gone:
            del form.fields[name]
        form.units = tuple(name for name in cls.units if name not in gone)
        return form

    @classmethod
    def initial_of(cls, calendar: Calendar) -> dict[str, Any]:
        return {**super().initial_of(calendar), "durations": ", ".join(str(one) for one in calendar.durations)}

    def changes(self) -> dict[str, Any]:
        data = super().changes()
        if "durations" in data:
            data["durations"] = [one for one in re.split(r"[,;\s]+", data["durations"]) if one]
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def booking_rules(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id)
    form = BookingRulesForm.of(calendar, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_calendar(
                account=account, calendar_id=calendar.id, actor=request.actor, now=timezone.now(), **form.changes()
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    return show(request, calendar, "bookings", status=422 if form.errors else 200, form=form)

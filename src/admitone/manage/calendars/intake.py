"""The tab "Booking form": what guests are asked, by a form of the form builder or by the calendar's own few fields."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts.models import Account
from admitone.booking import consents as given
from admitone.calendars import services
from admitone.calendars.models import Calendar
from admitone.forms.queries import listing
from admitone.logic.errors import Problem
from admitone.manage import spreadsheet
from admitone.manage.calendars.forms import BookingForm
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

COLUMNS = ("id", "contact", "name", "email", "phone", "at", "version", "text")


class IntakeForm(BookingForm):
    special = ("form",)
    form = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Form"),
        help_text=gettext_lazy("Its questions about name, email and phone stand for the calendar's own."),
    )
    form_first = forms.BooleanField(
        required=False,
        label=gettext_lazy("Ask before times are shown"),
        help_text=gettext_lazy("Whoever is ruled out sees no time."),
    )

    def offer(self, account: Account, calendar: Calendar) -> None:
        named = [(str(one.id), one.name) for one in listing(account).order_by("name", "id")]
        self.fields["form"].choices = [("", _("None, only the fields below")), *named]  # type: ignore[attr-defined]
        self.initial["form"] = str(calendar.form_id or "")


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def booking_form(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id)
    form = IntakeForm(posted(request), initial=IntakeForm.initial_of(calendar))
    form.offer(account, calendar)
    if request.method == "POST" and form.is_valid():
        try:
            save(request, calendar, form)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    chosen = calendar.form if calendar.form and calendar.form.deleted_at is None else None
    context = {
        "form": form,
        "chosen": chosen,
        "gone": calendar.form_id and not chosen,
        "preview": preview(request, calendar),
    }
    return show(request, calendar, "form", **context, status=422 if form.errors else 200)


@transaction.atomic
def save(request: AccountRequest, calendar: Calendar, form: IntakeForm) -> None:
    """Fields and form in one step: both or neither."""
    who: dict[str, Any] = {
        "account": request.account,
        "calendar_id": calendar.id,
        "actor": request.actor,
        "now": timezone.now(),
    }
    services.update_calendar(**who, **form.changes())
    services.choose_form(**who, form_id=form.cleaned_data["form"] or None)


def preview(request: AccountRequest, calendar: Calendar) -> str:
    """The page as guests see it; "" where only one-time links lead to it."""
    if calendar.access != "public" or not calendar.active:
        return ""
    return f"/c/{calendar.id}?{urlencode({'embed': '1', 'origin': f'{request.scheme}://{request.get_host()}'})}"


@require_safe
@in_account()
def consents(request: AccountRequest, account: Account, calendar_id: UUID) -> StreamingHttpResponse:
    """Who agreed to which text when they booked: CSV."""
    calendar = opened(request, calendar_id)
    rows = (given.consent_of(row) for row in given.consents(account, calendar.id).iterator(chunk_size=500))
    name = f"{slugify(calendar.name) or 'calendar'}-consents-{timezone.now():%Y-%m-%d}"
    return spreadsheet.download(name, list(COLUMNS), ([row[column] for column in COLUMNS] for row in rows))

""" "+ Create link": the form, and the open times to choose from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars import queries
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.links import wording
from admitone.manage.links.forms import NewLinkForm
from admitone.manage.links.issuing import issue_from
from admitone.manage.links.reach import Reach
from admitone.manage.links.scenarios import SCENARIOS, Scenario, scenario
from admitone.manage.links.times import Times, offered, times


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account) -> HttpResponse:
    """A POST with `times_from` only turns the page of the times; everything typed is kept."""
    now, reach = timezone.now(), Reach(request)
    form, start = form_of(request, account, reach, now), scenario(request.GET.get("from", ""))
    sent = request.method == "POST" and "times_from" not in request.POST
    if sent and form.is_valid() and form.target and names_whom_it_must(form, start):
        try:
            link = issue_from(request, form.target, form, now, offered(request.POST.getlist("offered")))
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect(reverse("manage:link", args=[account.slug, link.id]) + "?made=1")
    context = {
        "form": form,
        "scenario": start,
        "scenarios": SCENARIOS,
        "opens_times": bool(start and start.opens_times),
        "times": picker(request, account, form.chosen, now) if form.chosen else None,
        "calendar": form.target,
        "times_url": reverse("manage:link_times", args=[account.slug]),
        "private_base": wording.private_base(),
    }
    return render(request, "manage/links/new.html", context, status=422 if form.errors else 200)


def names_whom_it_must(form: NewLinkForm, start: Scenario | None) -> bool:
    """A scenario for one person only is not loosened to a link for anybody."""
    if start is None or "contact_policy" not in start.terms or form.names_somebody:
        return True
    form.add_error("email", _("Enter the address of the person this link is for."))
    return False


def form_of(request: AccountRequest, account: Account, reach: Reach, now: datetime) -> NewLinkForm:
    options: dict[str, Any] = {"zone": account.timezone, "now": now, "calendars": reach.calendars("book")}
    options["groups"] = reach.groups("book")
    if request.method == "POST":
        turning = "times_from" in request.POST
        return NewLinkForm(None if turning else request.POST, initial=request.POST.dict() if turning else {}, **options)
    contact = preset_contact(account, request.GET.get("contact", ""))
    initial = {"calendar": request.GET.get("calendar", ""), "contact_policy": "prefill", "max_uses": 1}
    if start := scenario(request.GET.get("from", "")):
        initial.update(start.initial())
    if contact:
        initial.update(name=contact.name, email=contact.email, phone=contact.phone)
    return NewLinkForm(None, initial=initial, **options)


def preset_contact(account: Account, contact_id: str) -> Contact | None:
    key = as_uuid(contact_id)
    return Contact.objects.filter(account=account, id=key).first() if key else None


def picker(request: AccountRequest, account: Account, calendar: Calendar, now: datetime) -> Times:
    chosen = request.POST.getlist("offered")[:200]
    asked = request.POST.get("times_from", "")
    return times(calendar, now=now, zone=account.timezone, first=asked, chosen=chosen)


@require_safe
@in_account()
def open_times(request: AccountRequest, account: Account) -> HttpResponse:
    """The picker by itself, for a calendar and a first day."""
    calendar_id, reach = as_uuid(request.GET.get("calendar", "")), Reach(request)
    if calendar_id in {group.id for group in reach.groups("book")}:
        return render(request, "manage/links/_times_of_group.html")
    reach.require(calendar_id, "book")
    calendar = queries.get(account, calendar_id)
    first = request.GET.get("times_from", "")
    found = times(calendar, now=timezone.now(), zone=account.timezone, first=first)
    template = "manage/links/_times_days.html" if first else "manage/links/_times.html"
    return render(request, template, {"times": found})

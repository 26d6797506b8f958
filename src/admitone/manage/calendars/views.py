"""Calendars: the list, a new one, and the sections of one calendar that are plain forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.calendars import access, queries, services
from admitone.calendars.models import Calendar
from admitone.calendars.rooms import room_providers
from admitone.logic.errors import Problem
from admitone.logic.kinds import SEATED, TEAMS
from admitone.manage.calendars.forms import (
    KIND_WORDS,
    AccessForm,
    DetailsForm,
    LookForm,
    NewForm,
    RulesForm,
    SectionForm,
)
from admitone.manage.calendars.opening import may_create, opened
from admitone.manage.calendars.page import show
from admitone.manage.calendars.reading import link_counts, public_url
from admitone.manage.calendars.team import whole
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem

FORMS: dict[str, type[SectionForm]] = {
    "details": DetailsForm,
    "rules": RulesForm,
    "look": LookForm,
    "access": AccessForm,
}


@require_safe
@in_account()
def calendars(request: AccountRequest, account: Account) -> HttpResponse:
    """The list; a member sees the calendars granted to them."""
    counts = link_counts(account, timezone.now())
    manager = may_create(request)
    levels = {} if manager else access.levels_of(account, request.user.pk)
    rows = [
        {
            "calendar": calendar,
            "level": "manage" if manager else levels.get(calendar.id, ""),
            "kind": KIND_WORDS[calendar.kind],
            "hosts": [row.host.name for row in calendar.calendar_hosts.all()],
            "links": counts.get(calendar.id, {"active": 0, "used": 0}),
            "public_url": public_url(account, calendar),
        }
        for calendar in queries.calendars_for(account, request.user, request.role)
    ]
    deleted = queries.deleted_calendars(account)[:50] if manager else []
    return render(request, "manage/calendars/list.html", {"rows": rows, "may_create": manager, "deleted": deleted})


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def new(request: AccountRequest, account: Account) -> HttpResponse:
    form = NewForm(request.POST or None, initial={"kind": "personal", "location_kind": "none"})
    if request.method == "POST" and form.is_valid():
        try:
            calendar = _create(request, account, dict(form.cleaned_data))
        except Problem as problem:
            show_problem(form, problem)
        else:
            if calendar.kind in TEAMS:
                messages.success(request, _("The calendar is ready. Choose its team next."))
                return redirect("manage:calendar_team", account.slug, calendar.id)
            messages.success(request, _("The calendar is ready. Check its hours next."))
            return redirect("manage:calendar_hours", account.slug, calendar.id)
    return render(request, "manage/calendars/new.html", {"form": form}, status=422 if form.errors else 200)


def _create(request: AccountRequest, account: Account, data: dict[str, Any]) -> Calendar:
    """Without a type it is a personal calendar."""
    kind, places = data.pop("kind") or "personal", data.pop("capacity")
    if data["location_kind"] == "room":
        data["room_provider"] = next(iter(room_providers()))
    seats = whole("capacity", places) if places and kind in SEATED else None
    return services.create_calendar(
        account=account, actor=request.actor, now=timezone.now(), kind=kind, capacity=seats, **data
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def section(request: AccountRequest, account: Account, calendar_id: UUID, name: str) -> HttpResponse:
    """One section: its form, filled from the calendar; a POST saves it through the services."""
    calendar = opened(request, calendar_id)
    form = _form(request, account, calendar, name)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, account, calendar, form)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    base = addresses.absolute(f"/{account.slug}/")
    return show(request, calendar, name, form=form, base=base, status=422 if form.errors else 200)


def _form(request: AccountRequest, account: Account, calendar: Calendar, name: str) -> SectionForm:
    kind = FORMS[name]
    posted = request.method == "POST"
    data, files = (request.POST, request.FILES) if posted else (None, None)
    form = kind(data, files, initial=kind.initial_of(calendar))
    if isinstance(form, DetailsForm) and calendar.kind in TEAMS:
        del form.fields["host"]  # the team has a page of its own
    elif isinstance(form, DetailsForm):
        form.offer(list(queries.hosts_for(account)))
        first = calendar.calendar_hosts.order_by("-priority", "host_id").first()
        form.initial["host"] = str(first.host_id) if first else ""
    return form


def _save(request: AccountRequest, account: Account, calendar: Calendar, form: SectionForm) -> None:
    who: dict[str, Any] = {
        "account": account,
        "calendar_id": calendar.id,
        "actor": request.actor,
        "now": timezone.now(),
    }
    services.update_calendar(**who, **form.changes())
    if isinstance(form, DetailsForm) and "host" in form.fields:
        services.set_hosts(**who, hosts=[UUID(form.cleaned_data["host"])])
    if isinstance(form, LookForm):
        _save_logo(form, who)


def _save_logo(form: LookForm, who: dict[str, Any]) -> None:
    upload = form.cleaned_data["logo"]
    if form.cleaned_data["remove_logo"]:
        services.clear_logo(**who)
    elif upload:
        services.set_logo(**who, data=upload.read(services.MAX_UPLOAD + 1))

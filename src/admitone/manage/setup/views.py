"""The front door: the first visit of an empty installation, and `/` for everybody after that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import limits, services
from admitone.accounts import setup as first_visit
from admitone.accounts.client import client_address
from admitone.accounts.reading import wished_language
from admitone.accounts.services import Founded
from admitone.calendars import services as calendars
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.manage.forms import posted, show_problem
from admitone.manage.setup.forms import SetupForm


@require_safe
@never_cache
def root(request: HttpRequest) -> HttpResponse:
    """`/`: to the signed-in area, which asks for the sign-in itself."""
    return redirect("manage:entry" if request.user.is_authenticated else "account_login")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """Set up an installation in which nobody can sign in yet; 404 for ever after."""
    if not first_visit.setup_is_open():
        raise Http404
    first_visit.ensure_setup_token()
    form = SetupForm(posted(request), initial={"token": request.GET.get("token", ""), "timezone": "UTC"})
    status = 200
    if request.method == "POST":
        try:
            if founded := set_up(request, form, timezone.now()):
                login(request, founded.user)
                return redirect("manage:home", founded.account.slug)
            status = 422
        except Problem as problem:
            show_problem(form, problem)
            status = problem.status
    return render(request, "manage/setup/setup.html", {"form": form}, status=status)


def set_up(request: HttpRequest, form: SetupForm, now: datetime) -> Founded | None:
    """Everything a first appointment needs: people, host, calendar. None when the form has errors."""
    limits.hit(name="setup", subject=client_address(request), limit=20, window_seconds=900, now=now)
    valid = form.is_valid()
    if not first_visit.is_setup_token(request.POST.get("token", "")[:200]):
        form.add_error("token", _("This is not the set-up token."))
    if not valid or form.errors:
        return None
    values = {name: value for name, value in form.cleaned_data.items() if name != "token"}
    founded = services.create_agency_and_owner(**values, locale=wished_language(request), now=now, first_only=True)
    first_calendar(founded, now)
    first_visit.ensure_setup_token()
    return founded


def first_calendar(founded: Founded, now: datetime) -> Any:
    """Half an hour, Monday to Friday nine to five, hosted by the owner."""
    return calendars.create_calendar(
        account=founded.account,
        actor=Actor.user(founded.user.id),
        now=now,
        name=_("30 minute meeting"),
        duration=30,
    )

"""The page behind an invitation's emailed link."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from admitone.accounts import limits, services
from admitone.accounts.client import client_address
from admitone.accounts.invitations import open_invitation
from admitone.accounts.models import Invitation, User
from admitone.logic.errors import Problem
from admitone.manage.forms import show_problem


class JoinForm(forms.Form):
    name = forms.CharField(max_length=120, label=gettext_lazy("Your name"))
    password = forms.CharField(
        max_length=200,
        strip=False,
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 10 characters."),
        widget=forms.PasswordInput(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST joins. Somebody with a sign-in must be signed in with the invited address."""
    now = timezone.now()
    try:
        found = open_invitation(token, now)
        if request.method == "POST":
            return join(request, found, now)
    except Problem as problem:
        return render(request, "manage/joining/gone.html", {"problem": problem}, status=problem.status)
    return page(request, found, JoinForm())


def join(request: HttpRequest, found: Invitation, now: datetime) -> HttpResponse:
    limits.hit(name="join", subject=client_address(request), limit=30, window_seconds=900, now=now)
    if request.user.is_authenticated:
        services.accept_invitation(invitation=found, user=request.user, now=now)
        return welcome(request, found)
    form = JoinForm(request.POST)
    if has_sign_in(found) or not form.is_valid():
        return page(request, found, form, 422)
    try:
        membership = services.accept_invitation(invitation=found, now=now, **form.cleaned_data)
    except Problem as problem:
        if problem.code != "invalid":
            raise
        show_problem(form, problem)
        return page(request, found, form, problem.status)
    login(request, membership.user)
    return welcome(request, found)


def has_sign_in(found: Invitation) -> bool:
    return User.objects.filter(email=found.email).exists()


def page(request: HttpRequest, found: Invitation, form: JoinForm, status: int = 200) -> HttpResponse:
    user = request.user
    context = {
        "invitation": found,
        "form": form,
        "is_other": user.is_authenticated and user.email != found.email,
        "has_sign_in": not user.is_authenticated and has_sign_in(found),
    }
    return render(request, "manage/joining/invitation.html", context, status=status)


def welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    messages.success(request, _("Welcome to %(name)s.") % {"name": found.account.name})
    return redirect("manage:home", found.account.slug)

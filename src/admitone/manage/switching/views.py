"""Choosing and making sub-accounts."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import permissions, services
from admitone.accounts.models import Agency, User
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.manage.context import LAST_ACCOUNT
from admitone.manage.forms import ZoneField, posted, show_problem


class AccountForm(forms.Form):
    name = forms.CharField(max_length=120, label=gettext_lazy("Name"))
    slug = forms.CharField(
        max_length=60,
        required=False,
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("First part of its booking pages. Left empty, it is made from the name."),
    )
    timezone = ZoneField()


@require_safe
@login_required
def entry(request: HttpRequest) -> HttpResponse:
    """To the sub-account of the last visit, else the one that was made first."""
    mine = permissions.accounts_of(cast(User, request.user))
    last = request.COOKIES.get(LAST_ACCOUNT, "")
    account = mine.filter(slug=last[:60]).first() or mine.order_by("id").first()
    if account is None:
        return render(request, "manage/switching/none.html")
    return redirect("manage:home", account.slug)


@require_safe
@login_required
def accounts(request: HttpRequest) -> HttpResponse:
    """Every sub-account the user may enter, searchable."""
    user = cast(User, request.user)
    search = request.GET.get("q", "")[:100].replace("\0", "")
    rows = permissions.accounts_of(user).select_related("agency")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(slug__icontains=search))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {"page": page, "search": search, "may_create": agency_of(user) is not None}
    return render(request, "manage/switching/accounts.html", context)


def agency_of(user: User) -> Agency | None:
    """The agency in which the user may make sub-accounts."""
    return Agency.objects.filter(admins__user=user).order_by("id").first()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    agency = agency_of(user)
    if agency is None:
        raise Http404
    form = AccountForm(posted(request), initial={"timezone": user.timezone or "UTC"})
    if request.method == "POST" and form.is_valid():
        try:
            account = services.create_account(
                agency=agency, actor=Actor.user(user.id), owner=user, now=timezone.now(), **form.cleaned_data
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("%(name)s is ready.") % {"name": account.name})
            return redirect("manage:home", account.slug)
    return render(request, "manage/switching/new.html", {"form": form}, status=422 if form.errors else 200)

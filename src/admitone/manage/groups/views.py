"""Groups: the list, a new one, its calendars, details, pausing and deleting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars import groups as reading
from admitone.calendars import services
from admitone.calendars.models import CalendarGroup
from admitone.links.queries import counts, my_last_unbound, open_group_links
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import may_create
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.groups.forms import DetailsForm, NewForm
from admitone.manage.groups.members import outside, rows_of
from admitone.manage.groups.opening import edited, opened, show
from admitone.manage.links.reach import Reach
from admitone.manage.share.views import made_context, qr

SHOWN = 50


@require_safe
@in_account()
def groups(request: AccountRequest, account: Account) -> HttpResponse:
    """The list; a member sees the groups whose calendars are all granted to them."""
    found = Reach(request).groups()
    rows = [{"group": each, "public_url": addresses.group_url(account.slug, each.slug)} for each in found]
    deleted = reading.deleted_groups(account)[:SHOWN] if may_create(request) else []
    context = {"rows": rows, "deleted": deleted, "may_create": may_create(request)}
    return render(request, "manage/groups/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def new(request: AccountRequest, account: Account) -> HttpResponse:
    form = NewForm(request.POST or None, calendars=Reach(request).calendars())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        keys = [key for key in map(as_uuid, data.get("calendars", ())) if key]
        try:
            group = services.create_group(
                **who(request), name=data["name"], description=data["description"], calendars=keys
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("The group is ready."))
            return redirect("manage:group", account.slug, group.id)
    return render(request, "manage/groups/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@in_account()
def group(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    """Its calendars in order, its page's address and a one-time link; opening it makes no link."""
    found, now = opened(request, group_id), timezone.now()
    link = my_last_unbound(request.user, found, now)
    context = {
        "rows": rows_of(request, found),
        "outside": outside(request, found),
        "can_book": Reach(request).at_group(found.id) in ("book", "manage"),
        "group_qr": qr(addresses.group_url(account.slug, found.slug)),
        "active_links": counts(account, now, group=found.id)["active"],
        **made_context(request, link, now),
    }
    return show(request, found, "group", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def details(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    found = edited(request, group_id)
    initial = {"name": found.name, "slug": found.slug, "description": found.description}
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_group(**who(request), group_id=found.id, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    return show(request, found, "details", form=form, base=f"/{account.slug}/g/", status=422 if form.errors else 200)


@require_safe
@in_account()
def danger(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    found = edited(request, group_id)
    return show(request, found, "danger", open_links=open_group_links(found.id, timezone.now()).count())


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def pause(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    """GET asks and lists the links, POST pauses."""
    found = edited(request, group_id)
    if request.method != "POST":
        return asked(request, found, "pause")
    services.set_group_active(**who(request), group_id=found.id, active=False)
    messages.success(request, _("The group is paused."))
    return redirect("manage:group_danger", account.slug, found.id)


@require_POST
@in_account()
def resume(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    found = edited(request, group_id)
    services.set_group_active(**who(request), group_id=found.id, active=True)
    messages.success(request, _("The group takes bookings again."))
    return redirect("manage:group_danger", account.slug, found.id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def delete(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    """GET asks and lists the links, POST deletes; the answer offers to undo it."""
    found = edited(request, group_id)
    if request.method != "POST":
        return asked(request, found, "delete")
    services.delete_group(**who(request), group_id=found.id)
    return render(request, "manage/groups/deleted.html", {"group": found})


@require_POST
@in_account()
def restore(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    if not may_create(request):
        raise Problem("not_found")
    found = services.restore_group(**who(request), group_id=group_id)
    messages.success(request, _("The group is back."))
    return redirect("manage:group", account.slug, found.id)


def asked(request: AccountRequest, found: CalendarGroup, what: str) -> HttpResponse:
    links = open_group_links(found.id, timezone.now()).order_by("-created_at", "id")
    context = {"group": found, "what": what, "links": links[:SHOWN], "count": links.count()}
    return render(request, "manage/groups/ask.html", context)


def who(request: AccountRequest) -> dict[str, Any]:
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}

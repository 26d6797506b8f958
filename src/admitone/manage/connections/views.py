"""Connections: a host's calendars at other servers, read as busy times and written to. Members have their own, admins all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.limits import hit
from admitone.accounts.models import Account
from admitone.calendars.models import Host
from admitone.calendars.queries import hosts_for
from admitone.integrations import connecting, connections, oauth
from admitone.integrations.models import CalendarConnection
from admitone.integrations.remote import providers
from admitone.logic.errors import Problem
from admitone.manage.connections.forms import CalDavForm, ChooseForm, DisconnectForm, PasswordForm
from admitone.manage.connections.presets import PRESETS, preset
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

AN_HOUR = 60


def my_hosts(request: AccountRequest, account: Account) -> list[Host]:
    """Whose calendars this person may connect: everybody's for owners and admins, a member's own."""
    found = hosts_for(account)
    return list(found if permissions.at_least(request.role, "admin") else found.filter(user=request.user))


def opened(request: AccountRequest, account: Account, connection_id: UUID) -> CalendarConnection:
    """Problem("not_found") for what the person may not see."""
    row = connections.connection(account, connection_id)
    if row.host.user_id != request.user.pk and not permissions.at_least(request.role, "admin"):
        raise Problem("not_found")
    return row


def count(account: Account) -> None:
    """Servers are not for trying passwords on."""
    hit(name="connect", subject=str(account.pk), limit=AN_HOUR, window_seconds=3600, now=timezone.now())


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account) -> HttpResponse:
    hosts = my_hosts(request, account)
    rows = [shown(row) for row in connections.connections(account, [host.id for host in hosts])]
    signs_in = [(kind, providers()[kind].label) for kind in oauth.configured()]
    context = {"rows": rows, "hosts": hosts, "presets": PRESETS, "signs_in": signs_in}
    response = render(request, "manage/connections/list.html", context)
    response._csp_update = {"form-action": oauth.origins()}  # type: ignore[attr-defined]
    return response


def shown(row: CalendarConnection) -> dict[str, Any]:
    """A connection with its state, and what its calendars are used for."""
    state, error = connections.state_of(row)
    found = connections.calendars_of(row)
    target = next((one.name for one in found if one.remote_id == row.write_to), "")
    read = [one.source.fetched_at for one in found if one.source and one.source.fetched_at]
    return {
        "row": row,
        "state": state,
        "error": error,
        "label": providers()[row.kind].label,
        "blocks": [one.name for one in found if one.source_id],
        "write_to": target,
        "read_at": min(read, default=None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def connect(request: AccountRequest, account: Account) -> HttpResponse:
    """A CalDAV server; `?preset=` fills in the address of a known one."""
    hosts, known = my_hosts(request, account), preset(request.GET.get("preset", ""))
    initial = {"url": known.url, "host": request.GET.get("host", "")}
    form = CalDavForm(hosts, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            count(account)
            row = connecting.connect_caldav(
                account=account,
                host_id=UUID(data["host"]),
                url=data["url"],
                user=data["user"],
                password=data["password"],
                name=data["name"] or (known.name if known.key else ""),
                actor=request.actor,
                now=timezone.now(),
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Connected. Now choose its calendars."))
            return redirect("manage:connection", account.slug, row.id)
    context = {"form": form, "preset": known, "presets": PRESETS, "hosts": hosts}
    return render(request, "manage/connections/connect.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def one(request: AccountRequest, account: Account, connection_id: UUID) -> HttpResponse:
    """POST chooses what blocks and what is written to, and reads newly chosen calendars at once."""
    row = opened(request, account, connection_id)
    form = ChooseForm(row, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            connecting.choose(
                account=account, connection_id=row.id, actor=request.actor, now=timezone.now(), **form.chosen()
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            connecting.read_unread(account=account, connection_id=row.id, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("manage:connection", account.slug, row.id)
    return _page(request, row, form, PasswordForm(), 422 if form.errors else 200)


def _page(
    request: AccountRequest, row: CalendarConnection, form: ChooseForm, password_form: PasswordForm, status: int
) -> HttpResponse:
    failed = row.events.filter(state="failed").select_related("booking").order_by("booking__start_min")[:10]
    context = {
        **shown(row),
        "form": form,
        "password_form": password_form,
        "signs_in": row.kind != "caldav" and oauth.client(row.kind),
        "calendars": connections.calendars_of(row),
        "failed": failed,
    }
    response = render(request, "manage/connections/connection.html", context, status=status)
    response._csp_update = {"form-action": oauth.origins()}  # type: ignore[attr-defined]
    return response


@require_POST
@in_account()
def read_now(request: AccountRequest, account: Account, connection_id: UUID) -> HttpResponse:
    row = opened(request, account, connection_id)
    count(account)
    state, error = connections.state_of(connecting.refresh(account=account, connection_id=row.id, now=timezone.now()))
    if state == "failed":
        messages.error(request, _("The calendars could not be read: %s") % error)
    else:
        messages.success(request, _("The calendars were read."))
    return redirect("manage:connection", account.slug, row.id)


@require_POST
@in_account()
def password(request: AccountRequest, account: Account, connection_id: UUID) -> HttpResponse:
    """Sign in again at a CalDAV server."""
    row = opened(request, account, connection_id)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            count(account)
            connecting.change_password(
                account=account,
                connection_id=row.id,
                password=form.cleaned_data["password"],
                actor=request.actor,
                now=timezone.now(),
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Signed in again."))
            return redirect("manage:connection", account.slug, row.id)
    return _page(request, row, ChooseForm(row), form, 422)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def remove(request: AccountRequest, account: Account, connection_id: UUID) -> HttpResponse:
    """Ask, then disconnect."""
    row = opened(request, account, connection_id)
    form = DisconnectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        connecting.disconnect(
            account=account, connection_id=row.id, actor=request.actor, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Disconnected."))
        return redirect("manage:connections", account.slug)
    return render(request, "manage/connections/remove.html", {**shown(row), "form": form})

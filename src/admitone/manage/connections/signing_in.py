"""The way to Google or Microsoft and back. The way back is a GET that writes: it counts only with the session's `state`."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from admitone.accounts.addresses import absolute
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.integrations import connecting, oauth
from admitone.integrations.models import CalendarConnection
from admitone.integrations.remote import RemoteError
from admitone.logic.errors import Problem
from admitone.manage.connections.views import count, my_hosts
from admitone.manage.context import AccountRequest, enter, in_account

SESSION = "calendar_sign_in"


def callback_url(kind: str) -> str:
    """Registered at the provider, so it is the same for every sub-account."""
    return absolute(reverse("manage:oauth_callback", args=[kind]))


@require_POST
@in_account()
def begin(request: AccountRequest, account: Account, kind: str) -> HttpResponse:
    """Send the person to the provider, for one of the hosts that they may connect."""
    client, host = oauth.client(kind), as_uuid(request.POST.get("host"))
    if client is None or host not in {one.id for one in my_hosts(request, account)}:
        raise Problem("not_found")
    begun = oauth.begin(client, callback_url(kind))
    request.session[SESSION] = {
        "kind": kind,
        "state": begun.state,
        "verifier": begun.verifier,
        "account": account.slug,
        "host": str(host),
    }
    return HttpResponseRedirect(begun.url)


@require_GET
@login_required
def callback(request: HttpRequest, kind: str) -> HttpResponse:
    """What the provider sends back: a code, or a refusal. The `state` works once."""
    kept = request.session.get(SESSION)
    state = request.GET.get("state", "")
    if not kept or kept["kind"] != kind or not constant_time_compare(kept["state"], state):
        raise Http404
    del request.session[SESSION]
    inside = enter(request, kept["account"])
    if UUID(kept["host"]) not in {one.id for one in my_hosts(inside, inside.account)}:
        raise Http404
    try:
        row = _connected(inside, inside.account, kind, kept)
    except (Problem, RemoteError) as error:
        words = error.detail if isinstance(error, Problem) else str(error)
        messages.error(request, _("It could not be connected: %s") % words)
        return redirect("manage:connections", inside.account.slug)
    messages.success(request, _("Connected. Now choose its calendars."))
    return redirect("manage:connection", inside.account.slug, row.id)


def _connected(request: AccountRequest, account: Account, kind: str, kept: dict[str, str]) -> CalendarConnection:
    client, code = oauth.client(kind), request.GET.get("code", "")
    if client is None or not code or len(code) > 4000:
        raise RemoteError(_("The sign-in was not completed."))
    count(account)
    tokens = oauth.finish(client, code, kept["verifier"], callback_url(kind))
    return connecting.connect_tokens(
        account=account,
        host_id=UUID(kept["host"]),
        kind=kind,
        tokens=tokens,
        actor=request.actor,
        now=timezone.now(),
    )

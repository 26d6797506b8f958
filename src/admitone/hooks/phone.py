"""/hooks/sms/... and /hooks/calls/...: other gateways and phone systems. They send the account's secret along.

`Authorization: Bearer SECRET` or `X-Admit-One-Secret: SECRET`; JSON or a form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from admitone.accounts.hooking import hooked_account, is_hook_secret
from admitone.accounts.models import Account
from admitone.calls.missing import missed
from admitone.calls.reporting import reported
from admitone.events import SYSTEM
from admitone.hooks.door import hook
from admitone.logic import bodies
from admitone.logic.errors import Problem
from admitone.messaging import reports
from admitone.messaging.receiving import Incoming, receive
from admitone.messaging.reports import Report

FORM = "application/x-www-form-urlencoded"
MAX_VALUE = 5000


def known(request: HttpRequest, token: str) -> tuple[Account, Mapping[str, str]]:
    """The account and the values sent. Problem not_found, or forbidden without the secret."""
    account = hooked_account(token)
    if account is None:
        raise Problem("not_found")
    scheme, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else request.headers.get("X-Admit-One-Secret", "")
    if not is_hook_secret(account.id, given):
        raise Problem("forbidden", "Send the secret from Settings > SMS and calls: Authorization: Bearer SECRET.")
    return account, texts(request)


def texts(request: HttpRequest) -> dict[str, str]:
    """Plain values; anything nested is left out."""
    form = (request.content_type or "").lower() == FORM
    found: Mapping[str, Any] = bodies.read_form(request.body) if form else bodies.read_json(request.body)
    plain = {name: value for name, value in found.items() if isinstance(value, (str, int, float))}
    return {name: str(value).strip()[:MAX_VALUE] for name, value in plain.items()}


@hook()
def sms(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """`from`, `to`, `text` and, so that nothing is taken twice, `id`."""
    account, said = known(request, token)
    if not said.get("from"):
        raise Problem("invalid", fields={"from": "Who sent it?"})
    incoming = Incoming(
        sender=said["from"],
        to=said.get("to", ""),
        text=said.get("text", ""),
        provider="http",
        provider_id=said.get("id") or digest(said, now),
    )
    kept = receive(account=account, sms=incoming, now=now)
    return JsonResponse({"id": str(kept.id) if kept else None}, status=201 if kept else 200)


def digest(said: Mapping[str, str], now: datetime) -> str:
    """Stands in for an id: the same text of the same sender counts once a minute."""
    parts = (said["from"], said.get("to", ""), said.get("text", ""), f"{now:%Y-%m-%dT%H:%M}")
    return sha256("\0".join(parts).encode()).hexdigest()


@hook()
def sms_status(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """`status` delivered or failed of the message with our `message` or the gateway's `id`; `error` is shown."""
    account, said = known(request, token)
    state = said.get("status", "").lower()
    if state not in ("delivered", "failed"):
        raise Problem("invalid", fields={"status": "Send delivered or failed."})
    report = Report(
        status="delivered" if state == "delivered" else "failed",
        provider_id=said.get("id", ""),
        message=said.get("message", ""),
        words=said.get("error", "") or "The gateway says: failed.",
    )
    return JsonResponse({"taken": reports.take(account=account, channel="sms", report=report, now=now)})


@hook()
def calls(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """A call that nobody took: `from`, and as far as known `number`, `id`, `at` and `outcome`."""
    account, said = known(request, token)
    call = reported(account, said, now)
    row = missed(account=account, call=call, actor=SYSTEM, now=now)
    return JsonResponse({"id": str(row.id), "contact": row.contact_id and str(row.contact_id), "note": row.note})

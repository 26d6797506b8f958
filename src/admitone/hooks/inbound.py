"""/hooks/in/<token>: another program tells us something; the body is kept and workflows follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from admitone.accounts.keyring import keyring
from admitone.accounts.limits import hit
from admitone.hooks.door import hook
from admitone.logic import bodies
from admitone.logic.errors import Problem
from admitone.logic.tokens import HOOK
from admitone.workflows.services.hooks import receive

A_MINUTE = 300
FORM = "application/x-www-form-urlencoded"


@hook()
def inbound(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """202 once it is stored. A forged address is refused without asking the database."""
    hook_id = keyring().verify(HOOK, token)
    if hook_id is None:
        raise Problem("not_found")
    hit(name="hook", subject=str(hook_id), limit=A_MINUTE, window_seconds=60, now=now)
    key = request.headers.get("Idempotency-Key") or request.headers.get("webhook-id")
    kept = receive(hook_id=hook_id, body=body_of(request), now=now, key=key)
    return JsonResponse({"id": str(kept.id)}, status=202)


def body_of(request: HttpRequest) -> dict[str, Any]:
    kind = (request.content_type or "").lower()
    if kind == FORM:
        return bodies.read_form(request.body)
    if kind == "application/json" or kind.endswith("+json"):
        return bodies.read_json(request.body)
    raise Problem("unsupported_media_type", "Send JSON or a form (application/x-www-form-urlencoded).")

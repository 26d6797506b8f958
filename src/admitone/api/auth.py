"""Who asks: a program with a key (`Authorization: Bearer KEY`), or a visitor of the public routes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from admitone.accounts.client import client_address
from admitone.accounts.models import ApiKey
from admitone.accounts.queries import key_for
from admitone.accounts.services import note_key_use
from admitone.api.call import Call
from admitone.api.limits import count_write
from admitone.booking.queries import Managed, by_manage_token
from admitone.forms.models import Form
from admitone.forms.queries import public_form
from admitone.links.queries import Opened, opened
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.logic.links import PROBLEM_OF

READS = frozenset({"GET", "HEAD"})


class Bearer(HttpBearer):
    """A key with scope `read` may GET, `write` the rest, `admin` both. Its writes are counted and noted."""

    def __call__(self, request: HttpRequest) -> ApiKey:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        call: Call = request.call  # type: ignore[attr-defined]
        key = key_for(secret.strip(), call.now) if scheme.lower() == "bearer" else None
        if key is None:
            raise Problem("unauthorized")
        needed = "read" if request.method in READS else "write"
        if not {needed, "admin"} & set(key.scopes):
            raise Problem("forbidden", f"This key lacks the scope {needed}.")
        if needed == "write":
            call.allowance = count_write(f"key:{key.id}", call.now)
            note_key_use(key=key, now=call.now)
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        raise NotImplementedError


class Visitor:
    """Anybody; writes are counted by address."""

    def __call__(self, request: HttpRequest) -> Any:
        address = client_address(request)
        if request.method not in READS:
            call: Call = request.call  # type: ignore[attr-defined]
            call.allowance = count_write(f"address:{address}", call.now)
        return address


class Holder(Visitor):
    """Whoever has a one-time link's token. Looks the link up before the body is read, because a dead link comes first."""

    def __call__(self, request: HttpRequest) -> Opened:
        super().__call__(request)
        call: Call = request.call  # type: ignore[attr-defined]
        found = opened(_token(request), call.now)
        call.origins = found.plan.embed_origins
        if found.state != "active":
            call.outranks = Problem(PROBLEM_OF[found.state])
            if found.state == "not_open" and found.link.not_before:
                call.outranks.extra["not_before"] = iso(found.link.not_before)
        return found


class Guest(Visitor):
    """Whoever has the token of a booking."""

    def __call__(self, request: HttpRequest) -> Managed:
        super().__call__(request)
        managed = by_manage_token(_token(request))
        if managed is None:
            raise Problem("not_found")
        request.call.origins = managed.plan.embed_origins  # type: ignore[attr-defined]
        return managed


class Respondent(Visitor):
    """Whoever fills in a form."""

    def __call__(self, request: HttpRequest) -> Form:
        super().__call__(request)
        match = request.resolver_match
        form = public_form(match.kwargs["form_id"] if match else "")
        request.call.origins = form.embed_origins  # type: ignore[attr-defined]
        return form


def _token(request: HttpRequest) -> str:
    return str(request.resolver_match.kwargs["token"]) if request.resolver_match else ""

"""Other sites' pages may read public answers if the calendar's owner put them on its embed allow-list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from admitone.booking.queries import by_manage_token
from admitone.forms.queries import public_form
from admitone.links.queries import opened
from admitone.logic.errors import Problem
from admitone.logic.origins import is_allowed

EXPOSED = "Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
HEADERS = "Content-Type, Idempotency-Key"
PREFLIGHT_SECONDS = "600"


def allow(request: HttpRequest, response: HttpResponseBase, origins: Sequence[str]) -> None:
    """Name the asking origin if it is on the list; never `*`, never credentials."""
    patch_vary_headers(response, ["Origin"])
    origin = request.headers.get("Origin", "")
    if origin and is_allowed(origins, origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = EXPOSED


def preflight(request: HttpRequest, response: HttpResponseBase) -> None:
    """What a browser asks before it sends a POST from another site."""
    if response.has_header("Access-Control-Allow-Origin"):
        response["Access-Control-Allow-Methods"] = response["Allow"]
        response["Access-Control-Allow-Headers"] = HEADERS
        response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS


def origins_of(path: str, token: str, now: datetime) -> Sequence[str]:
    """The allow-list behind a public address; empty for every other one."""
    if "/public/links/" in path:
        try:
            return opened(token, now).plan.embed_origins
        except Problem:
            return ()
    if "/public/forms/" in path:
        try:
            return public_form(token).embed_origins
        except Problem:
            return ()
    managed = by_manage_token(token) if "/public/bookings/" in path else None
    return managed.plan.embed_origins if managed else ()

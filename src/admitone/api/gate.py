"""The one door of every API address: limits, sizes, media types, CORS, methods; and a problem for whatever fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from admitone.accounts.client import client_address
from admitone.api import cors, problems
from admitone.api.auth import READS
from admitone.api.call import Call
from admitone.api.limits import count_read
from admitone.logic.errors import Problem

MAX_BODY = 256 * 1024
View = Callable[..., HttpResponseBase]


def gate(view: View) -> View:
    """`view` behind the door. No cookie is read here, so there is nothing to forge across sites (CSRF)."""

    @csrf_exempt
    @wraps(view)
    def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        call = request.call = Call(timezone.now())  # type: ignore[attr-defined]
        try:
            response = _serve(view, request, call, *args, **kwargs)
        except Exception as error:
            response = problems.answer(request, error)
        return _finish(request, call, response)

    return behind


def unknown(request: HttpRequest) -> HttpResponseBase:
    """Every address under /api/ that is none."""
    raise Problem("not_found", "There is no such address in this API.")


def _serve(view: View, request: HttpRequest, call: Call, *args: Any, **kwargs: Any) -> HttpResponseBase:
    method = request.method
    if method == "OPTIONS":
        return _options(view, request, call, *args, **kwargs)
    if method in READS:
        call.allowance = count_read(client_address(request), call.now)
        request.method = "GET"  # the server leaves out the body of an answer to HEAD
    else:
        check_body(request)
    response = view(request, *args, **kwargs)
    request.method = method
    if response.status_code == 405 and response.get("Content-Type") != problems.MEDIA_TYPE:
        refused = problems.respond(Problem("method_not_allowed"))
        refused["Allow"] = _allowed(response)
        return refused
    return response


def _options(view: View, request: HttpRequest, call: Call, *args: Any, **kwargs: Any) -> HttpResponseBase:
    refused = view(request, *args, **kwargs)
    if refused.status_code != 405:
        return refused
    response = HttpResponse(status=204)
    response["Allow"] = _allowed(refused)
    if request.headers.get("Origin"):
        call.origins = cors.origins_of(request.path, kwargs.get("token") or kwargs.get("form_id", ""), call.now)
    return response


def _allowed(response: HttpResponseBase) -> str:
    methods = {name.strip() for name in response.get("Allow", "").split(",") if name.strip()}
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


def check_body(request: HttpRequest) -> None:
    """Only JSON, which a form on another site cannot send, and not too much of it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise Problem("too_large", f"Send at most {MAX_BODY // 1024} kB.")
    if int(length) and request.content_type != "application/json":
        raise Problem("unsupported_media_type")


def _finish(request: HttpRequest, call: Call, response: HttpResponseBase) -> HttpResponseBase:
    if call.allowance is not None:
        response["RateLimit-Limit"] = str(call.allowance.limit)
        response["RateLimit-Remaining"] = str(call.allowance.remaining)
        response["RateLimit-Reset"] = str(call.allowance.reset)
    if "/public/" in request.path:
        cors.allow(request, response, call.origins)
        if request.method == "OPTIONS":
            cors.preflight(request, response)
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address, and its token with it
    return response

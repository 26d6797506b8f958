"""What hooks with JSON answers share: one method, small bodies, refusals with their code, tokens out of the log."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from admitone.logic.errors import Problem

MAX_BODY = 64 * 1024
BUSY_SECONDS = 2
View = Callable[..., HttpResponse]


def hook(limit: int = MAX_BODY) -> Callable[[View], View]:
    """`view(request, ..., now=...)` for POST alone; no cookie is read, so there is nothing to forge across sites."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                check(request, limit)
                response = view(request, *args, **kwargs, now=timezone.now())
            except Problem as problem:
                response = refused(problem)
            except RequestDataTooBig:
                response = refused(Problem("too_large"))
            except OperationalError:
                response = refused(Problem("not_ready", retry_after=BUSY_SECONDS))
            response["Cache-Control"] = "no-store"
            response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address and its token
            return response

        return behind

    return decorate


def check(request: HttpRequest, limit: int) -> None:
    if request.method != "POST":
        raise Problem("method_not_allowed")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > limit:
        raise Problem("too_large", f"Send at most {limit // 1024} kB.")


def refused(problem: Problem) -> HttpResponse:
    """Problem JSON (RFC 9457) with the code, and `errors` by field."""
    body = {"title": problem.title, "status": problem.status, "detail": problem.detail, "code": problem.code}
    if problem.fields:
        body["errors"] = problem.fields
    response = JsonResponse(body, status=problem.status, content_type="application/problem+json")
    if "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    if problem.status == 405:
        response["Allow"] = "POST"
    return response

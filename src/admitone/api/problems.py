"""Every refusal as problem JSON (RFC 9457): type, title, status, detail, code, and errors by field where there are any."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from ninja.errors import HttpError, ValidationError

from admitone.accounts.addresses import absolute
from admitone.api.call import Call
from admitone.logic.errors import Problem
from admitone.logic.sentences import sentence

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
#: Refusals of the body or its fields: a dead link is named rather than these.
OF_BODY = frozenset({"invalid", "malformed"})
BUSY_SECONDS = 2


def respond(problem: Problem) -> JsonResponse:
    """The answer for a refusal; `Retry-After` where waiting helps."""
    body: dict[str, Any] = {
        "type": absolute(f"/api/v1/docs#{problem.code}"),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    if problem.fields:
        body["errors"] = problem.fields
    response = JsonResponse({**body, **problem.extra}, status=problem.status, content_type=MEDIA_TYPE)
    if "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    if problem.code == "unauthorized":
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def answer(request: HttpRequest, error: Any) -> JsonResponse:
    """The answer for anything raised while a request was served."""
    problem = of(error)
    call: Call | None = getattr(request, "call", None)
    if problem.code in OF_BODY and call is not None and call.outranks is not None:
        problem = call.outranks
    return respond(problem)


def of(error: Exception) -> Problem:
    """The refusal behind an exception; whatever nobody foresaw is logged and told as `internal`."""
    cause = error.__cause__
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return Problem("invalid", fields=sentences(error.errors))
    if isinstance(error, HttpError):
        return cause if isinstance(cause, Problem) else Problem("malformed")
    if isinstance(error, RequestDataTooBig):
        return Problem("too_large")
    if isinstance(error, Http404):
        return Problem("not_found")
    if isinstance(error, SuspiciousOperation):
        return Problem("malformed")
    logger.error("An API request failed", exc_info=error)
    if isinstance(error, OperationalError):
        return Problem("not_ready", retry_after=BUSY_SECONDS)
    return Problem("internal")


def sentences(errors: list[dict[str, Any]]) -> dict[str, str]:
    """One sentence for each field that could not be read; nested names are joined by dots."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(field_name(error["loc"]), sentence(error))
    return found


def field_name(where: tuple[Any, ...]) -> str:
    """("body", "payload", "offered", 0, "start") is offered.0.start; segments that begin with = are choices of a union."""
    source, *names = where
    inner = names[1:] if source == "body" else names
    return ".".join(str(name) for name in inner if not str(name).startswith("=")) or str(source)

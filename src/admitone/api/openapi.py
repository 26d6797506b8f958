"""The API object: strict JSON in, problems out, and an OpenAPI 3.1 document that says so for every operation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import ConfigError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from admitone.api import problems
from admitone.logic.errors import PROBLEMS, Problem

Json = dict[str, Any]
LISTED = "x-problems"
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA: Json = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `errors` has a sentence for each field to correct.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": sorted(PROBLEMS)},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
        "retry_after": {"type": "integer", "description": "Seconds."},
        "reason": {"type": "string", "description": "Why a time cannot be booked."},
        "not_before": {"type": "string", "format": "date-time"},
    },
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}


class StrictParser(Parser):
    """UTF-8 JSON (RFC 8259) only: no NaN, no other encodings."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(request.body.decode("utf-8"), parse_constant=_no_constant)
        except UnicodeDecodeError:
            raise Problem("malformed", "The body is not UTF-8.") from None
        except (ValueError, RecursionError):
            raise Problem("malformed", "The body is not JSON.") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class Api(NinjaAPI):
    """`refuses(...)` on a route adds its problems to the document; those every operation may give are added here."""

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, problems.answer)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Json | None = None) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["servers"] = [{"url": settings.BASE_URL}]
        schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                _add_problems(path, operation)
        return schema


def refuses(*codes: str) -> Json:
    """For `openapi_extra`: the codes, besides the usual ones, that an operation answers with."""
    if unknown := set(codes) - set(PROBLEMS):
        raise ConfigError(f"unknown problem codes: {sorted(unknown)}")
    return {LISTED: list(codes)}


def _add_problems(path: str, operation: Json) -> None:
    codes = [*operation.pop(LISTED, []), *_usual(path, operation)]
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code][0], []).append(code)
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    for status, found in sorted(by_status.items()):
        answers[str(status)] = _described(status, found)
    operation["responses"] = answers


def _usual(path: str, operation: Mapping[str, Any]) -> list[str]:
    codes = ["rate_limited", "not_ready"]
    if operation.get("security"):
        codes += ["unauthorized", "forbidden"]
    if operation.get("parameters"):
        codes.append("invalid")
    if "{" in path and "/public/links/" not in path:
        codes.append("not_found")
    if "{contact_id}" in path:
        codes.append("contact_merged")
    if "requestBody" in operation:
        codes += ["invalid", "malformed", "too_large", "unsupported_media_type"]
    return codes


def _described(status: int, codes: list[str]) -> Json:
    text = " ".join(f"`{code}`: {PROBLEMS[code][1]}" for code in codes)
    answer: Json = {"description": text, "content": {problems.MEDIA_TYPE: {"schema": PROBLEM_REF}}}
    return {**answer, "headers": RETRY_AFTER} if status in (429, 503) else answer

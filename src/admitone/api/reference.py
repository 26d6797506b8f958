"""The reference page at /api/v1/docs: written by the server from the OpenAPI document, readable without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from admitone.api.openapi import Json
from admitone.api.v1.router import api
from admitone.logic.errors import PROBLEMS

SAMPLES: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "object": {}, "array": []}
TOKEN = "TOKEN"  # noqa: S105 - a placeholder in examples
PLACES = {
    "token": TOKEN,
    "link_id": "LINK_ID",
    "booking_id": "BOOKING_ID",
    "contact_id": "CONTACT_ID",
    "workflow_id": "WORKFLOW_ID",
    "enrollment_id": "ENROLLMENT_ID",
    "bulk_id": "BULK_ID",
    "message_id": "MESSAGE_ID",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a field."""

    name: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    title: str
    text: str
    open_to_all: bool
    parameters: list[Row]
    fields: list[Row]
    answers: list[Answer]
    curl: str


@dataclass(slots=True)
class Chapter:
    """The operations of one tag."""

    title: str
    slug: str
    entries: list[Entry] = field(default_factory=list)


def prose(text: str) -> SafeString:
    """Text in which words between backticks are code."""
    parts = enumerate(text.split("`"))
    return mark_safe("".join(format_html("<code>{}</code>" if at % 2 else "{}", part) for at, part in parts))  # noqa: S308 - escaped


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    schema = api.get_openapi_schema()
    problems = [{"code": code, "status": status, "text": text} for code, (status, text) in PROBLEMS.items()]
    context = {
        "info": schema["info"],
        "about": [prose(part) for part in schema["info"]["description"].split("\n\n")],
        "chapters": chapters(schema),
        "problems": sorted(problems, key=lambda problem: (problem["status"], problem["code"])),
        "base_url": settings.BASE_URL,
    }
    response = HttpResponse(render_to_string("api/reference.html", context))
    response["Cache-Control"] = "no-cache"
    return response


def chapters(schema: Mapping[str, Any]) -> list[Chapter]:
    found: dict[str, Chapter] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            tag = operation["tags"][0]
            chapter = found.setdefault(tag, Chapter(tag, slugify(tag)))
            chapter.entries.append(entry(schema, method, path, operation))
    return list(found.values())


def entry(schema: Mapping[str, Any], method: str, path: str, operation: Json) -> Entry:
    body = _json(operation.get("requestBody", {})).get("schema")
    return Entry(
        id=operation["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        title=operation["summary"],
        text=prose(operation.get("description", "")),
        open_to_all="security" not in operation,
        parameters=[_parameter(schema, each) for each in operation["parameters"]],
        fields=list(rows(schema, body)) if body else [],
        answers=[_answer(schema, status, each) for status, each in operation["responses"].items()],
        curl=curl(schema, method, path, operation),
    )


def rows(schema: Mapping[str, Any], node: Json, prefix: str = "") -> Iterator[Row]:
    """The fields of an object, those of its parts as contact.email or offered[].start."""
    thing = resolve(schema, node)
    for name, inner in thing.get("properties", {}).items():
        text = inner.get("description") or _bare(inner).get("description", "")
        yield Row(prefix + name, kind(inner), name in thing.get("required", []), prose(text))
        for part, mark in _parts(inner):
            yield from rows(schema, part, f"{prefix}{name}{mark}.")


def _parts(node: Json) -> Iterator[tuple[Json, str]]:
    """The objects a field may hold, and what its name gets for being a list."""
    bare = _bare(node)
    if bare.get("type") == "array":
        yield bare.get("items", {}), "[]"
    for choice in bare.get("oneOf", [bare]):
        if "$ref" in choice:
            yield choice, ""


def kind(node: Json) -> str:
    """The type in words: text, integer, list of Span, one of a, b."""
    bare = _bare(node)
    if "$ref" in bare:
        return str(bare["$ref"].rsplit("/", 1)[-1])
    if values := bare.get("enum") or ([bare["const"]] if "const" in bare else None):
        return "one of " + ", ".join(str(value) for value in values)
    if choices := bare.get("oneOf"):
        return " or ".join(kind(choice) for choice in choices)
    if bare.get("type") == "array":
        return f"list of {kind(bare.get('items', {}))}"
    return str(bare.get("format") or bare.get("type") or "any value")


def curl(schema: Mapping[str, Any], method: str, path: str, operation: Json) -> str:
    """A command to try it with."""
    for name, place in PLACES.items():
        path = path.replace(f"{{{name}}}", place)
    parts = [f"curl {settings.BASE_URL}{path.replace('{calendar_id}', 'CALENDAR')}"]
    if method != "get":
        parts[0] = parts[0].replace("curl ", f"curl -X {method.upper()} ")
    if "security" in operation:
        parts.append("-H 'Authorization: Bearer KEY'")
    if body := _json(operation.get("requestBody", {})).get("schema"):
        parts += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(sample(schema, body))}'"]
    return " \\\n  ".join(parts)


def sample(schema: Mapping[str, Any], node: Json) -> Any:
    """An example value: the one the schema gives, else one made of its parts."""
    thing = resolve(schema, _bare(node))
    if "examples" in thing:
        return thing["examples"][0]
    if "enum" in thing or "const" in thing:
        return thing.get("const", thing.get("enum", [None])[0])
    if "properties" in thing:
        return {name: sample(schema, inner) for name, inner in thing["properties"].items()}
    if thing.get("type") == "array":
        return [sample(schema, thing.get("items", {}))]
    return SAMPLES.get(str(thing.get("type")), "text")


def resolve(schema: Mapping[str, Any], node: Json) -> Json:
    """The definition behind a reference, also behind "this or null"."""
    bare = _bare(node)
    if "$ref" not in bare:
        return bare
    found: Json = schema["components"]["schemas"][bare["$ref"].rsplit("/", 1)[-1]]
    return found


def _bare(node: Json) -> Json:
    for name in ("anyOf", "allOf"):
        choices = [choice for choice in node.get(name, []) if choice.get("type") != "null"]
        if choices:
            return choices[0]
    return node


def _parameter(schema: Mapping[str, Any], each: Json) -> Row:
    place = {"path": "in the address", "query": "query", "header": "header"}[each["in"]]
    text = each.get("description", "")
    return Row(each["name"], f"{kind(each['schema'])}, {place}", each["required"], prose(text))


def _answer(schema: Mapping[str, Any], status: str, each: Json) -> Answer:
    node = each.get("content", {}).get("application/json", {}).get("schema")
    example = json.dumps(sample(schema, node), indent=2, ensure_ascii=False) if node else ""
    return Answer(status, prose(each["description"]), example)


def _json(holder: Mapping[str, Any]) -> Json:
    found: Json = holder.get("content", {}).get("application/json", {})
    return found

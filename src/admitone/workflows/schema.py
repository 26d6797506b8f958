"""The published JSON Schema (2020-12) of a workflow document, built from the registries."""

from __future__ import annotations

from typing import Any

from admitone.logic import conditions
from admitone.workflows.documents import MAX_BRANCHES, MAX_STEPS, MAX_TRIGGERS, NAME, Settings
from admitone.workflows.registry import Configurable, actions, adapter, triggers

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def document_schema() -> dict[str, Any]:
    """Triggers and steps appear with the Params of each type; `$defs` holds what they share."""
    definitions: dict[str, Any] = {"condition": conditions.SCHEMA}
    return {
        "$schema": DRAFT,
        "title": "Workflow",
        "type": "object",
        "properties": {
            "schema": {"const": 1},
            "name": {"type": "string", "minLength": 1, "maxLength": 120},
            "settings": schema_of(Settings, definitions),
            "triggers": {
                "type": "array",
                "maxItems": MAX_TRIGGERS,
                "items": {"oneOf": [trigger(key, kind, definitions) for key, kind in sorted(triggers().items())]},
            },
            "steps": {"$ref": "#/$defs/steps"},
        },
        "required": ["name", "steps"],
        "additionalProperties": False,
        "$defs": definitions
        | {
            "steps": {
                "type": "array",
                "maxItems": MAX_STEPS,
                "items": {"oneOf": [step(key, kind, definitions) for key, kind in sorted(actions().items())]},
            },
            "branches": {"type": "array", "maxItems": MAX_BRANCHES, "items": BRANCH},
        },
    }


BRANCH: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 120},
        "when": {"$ref": "#/$defs/condition"},
        "steps": {"$ref": "#/$defs/steps"},
    },
    "required": ["steps"],
    "additionalProperties": False,
}


def trigger(key: str, kind: type[Configurable], definitions: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": str(kind.label),
        "description": (kind.__doc__ or "").strip(),
        "properties": {"type": {"const": key}, "filters": schema_of(kind.Params, definitions)},
        "required": ["type"],
        "additionalProperties": False,
    }


def step(key: str, kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    params = schema_of(kind.Params, definitions)
    parts = {
        "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
        "label": {"type": "string", "maxLength": 120},
        "type": {"const": key},
        "params": params,
        "disabled": {"type": "boolean"},
        **({"branches": {"$ref": "#/$defs/branches"}} if kind.branching else {}),
    }
    return {
        "type": "object",
        "title": str(kind.label),
        "description": (kind.__doc__ or "").strip(),
        "properties": parts,
        "required": ["name", "type", *(["params"] if params.get("required") else [])],
        "additionalProperties": False,
    }


def schema_of(kind: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of Params; what it refers to joins `definitions`."""
    found = adapter(kind).json_schema(ref_template="#/$defs/{model}")
    definitions |= found.pop("$defs", {})
    found.pop("title", None)
    return found

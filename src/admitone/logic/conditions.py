"""Conditions over values: `{"all": [...]}`, `{"any": [...]}` or one comparison `{"value", "op", "than"}`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_DEPTH = 4
MAX_PARTS = 20
MAX_TEXT = 500
GROUPS = ("all", "any")
YES = frozenset({"yes", "true", "1", "on"})

Lookup = Callable[[str], Any]


def number(raw: Any) -> Decimal | None:
    try:
        found = Decimal(str(raw).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 for two numbers or two instants (RFC 3339); None for things that have no order."""
    a, b = number(left), number(right)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    try:
        x, y = datetime.fromisoformat(str(left)), datetime.fromisoformat(str(right))
        return (x > y) - (x < y)
    except (ValueError, TypeError):
        return None


def fold(raw: Any) -> str:
    text = ", ".join(map(str, raw)) if isinstance(raw, tuple) else "" if raw is None else str(raw)
    return text.strip().casefold()


def same(left: Any, right: Any) -> bool:
    if isinstance(left, bool):
        return left == (fold(right) in YES)
    return fold(left) == fold(right) or order(left, right) == 0


def contains(value: Any, than: Any) -> bool:
    """Of several words, like tags, one that is the same; of a text, a part."""
    return any(same(one, than) for one in value) if isinstance(value, tuple) else fold(than) in fold(value)


#: name -> test of (value, than); texts are compared without regard to case.
OPS: dict[str, Callable[[Any, Any], bool]] = {
    "is": same,
    "is_not": lambda value, than: not same(value, than),
    "contains": contains,
    "contains_not": lambda value, than: not contains(value, than),
    "starts_with": lambda value, than: fold(value).startswith(fold(than)),
    "ends_with": lambda value, than: fold(value).endswith(fold(than)),
    "is_one_of": lambda value, than: any(same(value, one) for one in than),
    "is_empty": lambda value, than: not fold(value),
    "is_filled": lambda value, than: bool(fold(value)),
    "more_than": lambda value, than: order(value, than) == 1,
    "less_than": lambda value, than: order(value, than) == -1,
}
ALONE = frozenset({"is_empty", "is_filled"})


def holds(condition: Mapping[str, Any], lookup: Lookup) -> bool:
    """Whether a checked condition is true; an empty group holds."""
    if "all" in condition:
        return all(holds(part, lookup) for part in condition["all"])
    if "any" in condition:
        return not condition["any"] or any(holds(part, lookup) for part in condition["any"])
    return OPS[condition["op"]](lookup(condition["value"]), condition.get("than"))


def values_of(condition: Any) -> Iterator[str]:
    """Names of the values that a condition looks at."""
    if not isinstance(condition, Mapping):
        return
    for group in GROUPS:
        for part in condition.get(group) or ():
            yield from values_of(part)
    if isinstance(condition.get("value"), str):
        yield condition["value"]


def fault(condition: Any, depth: int = 0) -> str:
    """What is wrong with the form of a condition, or ""."""
    if not isinstance(condition, Mapping) or depth > MAX_DEPTH:
        return "Write a condition as an object, nested at most four deep."
    group = next((name for name in GROUPS if name in condition), None)
    if group is None:
        return comparison_fault(condition)
    parts = condition[group]
    if set(condition) != {group} or not isinstance(parts, list) or len(parts) > MAX_PARTS:
        return f'"{group}" takes a list of at most {MAX_PARTS} conditions and nothing beside it.'
    return next((found for part in parts if (found := fault(part, depth + 1))), "")


def comparison_fault(condition: Mapping[str, Any]) -> str:
    op = condition.get("op")
    if not isinstance(condition.get("value"), str) or set(condition) - {"value", "op", "than"}:
        return 'A comparison has "value", "op" and "than".'
    if not isinstance(op, str) or op not in OPS:
        return f"Choose one of {', '.join(OPS)}."
    if op in ALONE:
        return "" if condition.get("than") is None else f'"{op}" compares with nothing.'
    than = condition.get("than")
    if op == "is_one_of":
        fits = isinstance(than, list) and 0 < len(than) <= 100 and all(plain(one) for one in than)
        return "" if fits else '"is_one_of" takes a list of texts or numbers.'
    return "" if plain(than) else f'"{op}" needs a text or number to compare with.'


def plain(raw: Any) -> bool:
    return isinstance(raw, (str, int, float, bool)) and len(str(raw)) <= MAX_TEXT


#: JSON Schema of a condition, for the published document schema.
SCHEMA: dict[str, Any] = {
    "oneOf": [
        *(
            {
                "type": "object",
                "properties": {group: {"type": "array", "maxItems": MAX_PARTS, "items": {"$ref": "#/$defs/condition"}}},
                "required": [group],
                "additionalProperties": False,
            }
            for group in GROUPS
        ),
        {
            "type": "object",
            "properties": {"value": {"type": "string"}, "op": {"enum": list(OPS)}, "than": {}},
            "required": ["value", "op"],
            "additionalProperties": False,
        },
    ]
}

"""What people and programs read when a value has not the expected form: the sentences for pydantic's kinds of error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SENTENCES = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "unexpected_keyword_argument": "There is no such field.",
    "string_type": "Use text.",
    "string_unicode": "Use text.",
    "string_pattern_mismatch": "This is not in the expected form.",
    "int_type": "Use a whole number.",
    "int_parsing": "Use a whole number.",
    "int_from_float": "Use a whole number.",
    "float_type": "Use a number.",
    "float_parsing": "Use a number.",
    "finite_number": "Use a number.",
    "bool_type": "Use true or false.",
    "bool_parsing": "Use true or false.",
    "dict_type": "Use an object.",
    "model_type": "Use an object.",
    "model_attributes_type": "Use an object.",
    "dataclass_type": "Use an object.",
    "list_type": "Use a list.",
    "tuple_type": "Use a list.",
    "uuid_type": "Use an id.",
    "uuid_parsing": "Use an id.",
    "datetime_type": "Use an instant with its offset, like 2026-11-06T14:00:00Z.",
    "datetime_parsing": "Use an instant with its offset, like 2026-11-06T14:00:00Z.",
    "datetime_from_date_parsing": "Use an instant with its offset, like 2026-11-06T14:00:00Z.",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "Use a date like 2026-11-06.",
    ),
}
#: kind of error -> the sentence with the bound that its context names
BOUNDS = {
    "literal_error": "Choose {expected}.",
    "string_too_long": "Use at most {max_length} characters.",
    "string_too_short": "This must not be empty.",
    "too_long": "Use at most {max_length} entries.",
    "too_short": "Send at least {min_length}.",
    "greater_than_equal": "Use {ge} or more.",
    "less_than_equal": "Use {le} or less.",
}


def sentence(error: Mapping[str, Any]) -> str:
    """The sentence for one entry of ValidationError.errors(); pydantic's own words for a kind without one."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind in BOUNDS:
        return BOUNDS[kind].format_map(context)
    return SENTENCES.get(kind, str(error["msg"]))

"""Types of request fields: what they take, what they refuse (always with a sentence), how OpenAPI shows them."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from django.utils.translation import get_supported_language_variant
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

from admitone.logic.clock import iso, to_min_floor
from admitone.logic.identity import clean_zone

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
YEARS = range(2000, 2101)
#: Integers that every JSON reader keeps exact (RFC 8259, section 6).
SAFE = 2**53 - 1


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


def example(**values: Any) -> ConfigDict:
    """For a body's `model_config`: what the reference shows."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Out(BaseModel):
    """An answer."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


def instant(raw: Any) -> datetime:
    """RFC 3339 with an offset, years 2000-2100; aware UTC."""
    if isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str) or len(raw) > 40 or not RFC3339.fullmatch(raw):
        raise ValueError("Use an instant with its offset, like 2026-11-06T14:00:00Z.")
    try:
        at = datetime.fromisoformat(raw.upper())
    except ValueError:
        raise ValueError("There is no such date or time.") from None
    if at.year not in YEARS or at.astimezone(UTC).year not in YEARS:
        raise ValueError("Use a year from 2000 to 2100.")
    return at.astimezone(UTC)


def minute(raw: Any) -> int:
    """An instant on the minute, as epoch minute."""
    at = instant(raw)
    if at.second or at.microsecond:
        raise ValueError("Use a whole minute.")
    return to_min_floor(at)


def moment(raw: Any) -> datetime | date:
    """An instant, or a date in the zone that the request names."""
    if not isinstance(raw, str) or not DAY.fullmatch(raw):
        return instant(raw)
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise ValueError("There is no such date.") from None
    if day.year not in YEARS:
        raise ValueError("Use a year from 2000 to 2100.")
    return day


def plain_line(text: str) -> str:
    """No control characters (PostgreSQL stores no NUL) and no halves of surrogate pairs, which are no text."""
    return _without(text, "")


def plain_text(text: str) -> str:
    return _without(text, "\n\r\t")


def _without(text: str, allowed: str) -> str:
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text):
        raise ValueError("Remove the control characters.")
    return text


def metadata(raw: Any) -> dict[str, Any]:
    """Up to 50 pairs of short keys and plain, finite values."""
    if not isinstance(raw, dict):
        raise ValueError("Use an object.")
    for key, value in raw.items():
        plain_line(key)
        _check_value(value)
    return raw


def plain_value(raw: Any) -> Any:
    """Text, a number, true, false or null."""
    _check_value(raw)
    return raw


def _check_value(value: Any) -> None:
    if isinstance(value, str):
        plain_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("Use finite numbers.")
    elif isinstance(value, int) and abs(value) > SAFE:
        raise ValueError(f"Use numbers up to {SAFE}, or text.")
    elif isinstance(value, dict | list):
        raise ValueError("Use plain values: text, numbers, true, false or null.")


def plain_json(raw: Any, depth: int = 0) -> Any:
    """JSON of any shape, nested at most 60 deep, whose values the database can store."""
    if depth > 60:
        raise ValueError("Nest it less deeply.")
    if isinstance(raw, dict):
        for key, value in raw.items():
            plain_line(key)
            plain_json(value, depth + 1)
    elif isinstance(raw, list):
        for value in raw:
            plain_json(value, depth + 1)
    elif raw is not None:
        _check_value(raw)
    return raw


def _schema(kind: str, text: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, "description": text, **more})


INSTANT = _schema(
    "string", "RFC 3339 with an offset, years 2000-2100.", format="date-time", examples=["2026-11-06T14:00:00Z"]
)
Instant = Annotated[datetime, BeforeValidator(instant), PlainSerializer(iso, return_type=str), INSTANT]
Minute = Annotated[
    int,
    BeforeValidator(minute),
    _schema("string", "RFC 3339, on the minute.", format="date-time", examples=["2026-11-06T14:00:00Z"]),
]
Moment = Annotated[
    datetime | date,
    BeforeValidator(moment),
    _schema("string", "An instant (RFC 3339) or a date in `tz`.", examples=["2026-11-06"]),
]
Metadata = Annotated[
    dict[str, Any],
    BeforeValidator(metadata),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": 50,
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            "description": "Up to 50 pairs of short keys and plain values; carried to bookings, events and webhooks.",
        }
    ),
]
PlainValue = Annotated[Any, BeforeValidator(plain_value)]
Answers = Annotated[
    dict[str, Any],
    BeforeValidator(metadata),
    Field(max_length=100),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": 100,
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            "description": "Plain values by the keys of fields.",
        }
    ),
]
Object = Annotated[dict[str, Any], BeforeValidator(plain_json)]
Zone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(clean_zone),
    _schema("string", "An IANA time zone.", maxLength=64, examples=["Europe/Berlin"]),
]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(plain_line)]
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(plain_line),
    _schema("string", "An email address.", maxLength=254, format="email", examples=["ada@example.com"]),
]
Phone = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(plain_line),
    Field(description="With country code, or as dialled in the country of the time zone.", examples=["+49 30 123456"]),
]
Line = Annotated[str, StringConstraints(max_length=40), AfterValidator(plain_line)]
Label = Annotated[str, StringConstraints(max_length=120), AfterValidator(plain_line)]
Note = Annotated[str, StringConstraints(max_length=2000), AfterValidator(plain_text)]
Place = Annotated[
    str,
    StringConstraints(max_length=300),
    AfterValidator(plain_line),
    Field(description="Where to meet; needed where the calendar asks the guest."),
]
Reason = Annotated[str, StringConstraints(max_length=1000), AfterValidator(plain_text)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(plain_line)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(plain_text)]
Site = Annotated[str, StringConstraints(max_length=500), AfterValidator(plain_line)]
Uses = Annotated[StrictInt, Field(ge=1, le=1000)]
Limit = Annotated[int, Field(ge=1, le=100)]
Flag = StrictBool
Policy = Literal["prefill", "verify", "refuse"]


def language(raw: str) -> str:
    """A language this product speaks, from a tag such as de-AT."""
    try:
        return get_supported_language_variant(raw)
    except LookupError:
        raise ValueError("Choose one of the product's languages, like en or de.") from None


Language = Annotated[str, StringConstraints(max_length=20), AfterValidator(language)]


class Utm(Body):
    """Where a guest came from, as campaign links say it."""

    utm_source: Name | None = None
    utm_medium: Name | None = None
    utm_campaign: Name | None = None
    utm_term: Name | None = None
    utm_content: Name | None = None


class Span(Body):
    """A stretch of time."""

    start: Minute
    end: Minute


Id = Annotated[str, _schema("string", "An id.", format="uuid", examples=["01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"])]
At = Annotated[str, _schema("string", "A UTC instant.", format="date-time", examples=["2026-11-06T14:00:00Z"])]
Url = Annotated[str, _schema("string", "An address.", format="uri", examples=["https://book.example.com/o/TOKEN"])]


class Times(Out):
    """A start and an end."""

    start: At
    end: At

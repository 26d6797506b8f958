"""What a calendar asks a guest, and what the guest answers."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, model_validator

from admitone.api.fields import Body, Flag, Note, Phone, Place, PlainValue, plain_line
from admitone.api.v1.forms import FormFieldOut
from admitone.logic.forms import document_of
from admitone.logic.plan import CalendarPlan

MAX_ANSWERS = 100


class GuestAnswers(Body):
    """The booking form's fields besides name and email; those of its form by their keys."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
    )

    phone: Phone | None = None
    note: Note | None = None
    place: Place | None = None
    consent: Flag | None = None

    __pydantic_extra__: dict[str, PlainValue]

    @model_validator(mode="before")
    @classmethod
    def few(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            if len(raw) > MAX_ANSWERS:
                raise ValueError(f"Give at most {MAX_ANSWERS} answers.")
            for key in raw:
                plain_line(key)
        return raw


class Question(FormFieldOut):
    """A question of the booking form; a `locked` one takes no answer where the link has a value for it."""


def questions(plan: CalendarPlan) -> list[dict[str, Any]]:
    """Those that a guest can answer."""
    return document_of([one for one in plan.form.fields if not one.hidden]) if plan.form else []

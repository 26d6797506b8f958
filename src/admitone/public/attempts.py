"""The booking form as it was sent, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from admitone.public import intake
from admitone.public.pages import Visit

FIELDS = ("name", "email", "phone", "place", "note", "consent", "guests", "repeat", "times")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came back with a refused form: its values, what was wrong, and the key it keeps."""

    values: Mapping[str, Any] = field(default_factory=dict)
    start: int | None = None
    key: str = ""
    code: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def read(visit: Visit, key: str) -> Attempt:
    """The form as it was sent. `pick` is a button of "the nearest open times" and wins over the chosen slot."""
    post = visit.request.POST
    raw = post.get("pick") or post.get("start") or ""
    start = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 9 else None
    values = {name: post[name] for name in FIELDS if name in post} | intake.values_of(post)
    return Attempt(values=values, start=start, key=key)


def guest_of(visit: Visit, attempt: Attempt) -> dict[str, Any]:
    guest = {**intake.folded(visit, attempt.values), "locale": visit.speech.language}
    if visit.zone():
        guest["timezone"] = visit.zone()
    return guest | ({"utm": visit.utm} if visit.utm else {})

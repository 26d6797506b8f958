"""One to one: a guest meets one person."""

from __future__ import annotations

from admitone.logic.kinds.kind import Kind


class Personal(Kind):
    name = "personal"

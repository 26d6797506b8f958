"""Who did it: handed to every service, stored with every event."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is user, guest, host (from a mail), api_key, workflow or system; `id` is that row's id as text, or empty."""

    kind: str
    id: str = ""

    @classmethod
    def user(cls, user_id: UUID) -> Actor:
        return cls("user", str(user_id))

    @classmethod
    def api_key(cls, key_id: UUID) -> Actor:
        return cls("api_key", str(key_id))


SYSTEM = Actor("system")
GUEST = Actor("guest")

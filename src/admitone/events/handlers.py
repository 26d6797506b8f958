"""Who listens: `@on("booking.created", consumer="notifications.booked")`; upper layers subscribe, nobody calls upwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from admitone.events.models import Event

Handler = Callable[[Event, datetime], None]
H = TypeVar("H", bound=Handler)

_handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
ANY = "*"


def on(*kinds: str, consumer: str) -> Callable[[H], H]:
    """Subscribe `handler(event, now)`; it runs once per event, in a job, wholly or not at all, without network."""

    def register(handler: H) -> H:
        for kind in kinds:
            if consumer in _handlers[kind]:
                raise RuntimeError(f"two handlers of {kind} are called {consumer}")
            _handlers[kind][consumer] = handler
        return handler

    return register


def handlers_of(kind: str) -> dict[str, Handler]:
    return {**_handlers.get(kind, {}), **_handlers.get(ANY, {})}


def wanted(kind: str) -> bool:
    return bool(_handlers.get(kind) or _handlers.get(ANY))

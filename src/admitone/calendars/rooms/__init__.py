"""Video rooms made for each appointment: one provider a file in this folder, `@room_provider("pattern")` on its class.

Providers are pure: a room's address is made inside the booking's transaction, so they never call the network.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Protocol, TypeVar
from uuid import UUID


class RoomProvider(Protocol):
    """`label` and `help` are shown to owners."""

    @property
    def label(self) -> Any: ...

    @property
    def help(self) -> Any: ...

    def check(self, location: str) -> str:
        """What the owner typed, cleaned. Raises ValueError with a sentence."""

    def room(self, location: str, booking_id: UUID) -> str:
        """The https address of this appointment's room: always the same, and not to be guessed from another one's."""


P = TypeVar("P", bound=Callable[[], RoomProvider])
_registered: dict[str, RoomProvider] = {}


def room_provider(key: str) -> Callable[[P], P]:
    """Register a provider class under a plain text key."""

    def register(cls: P) -> P:
        if key in _registered:
            raise RuntimeError(f"two room providers are called {key}")
        _registered[key] = cls()
        return cls

    return register


@cache
def room_providers() -> dict[str, RoomProvider]:
    """Every provider by its key."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(sorted(_registered.items()))

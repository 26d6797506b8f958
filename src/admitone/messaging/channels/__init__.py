"""Ways a message leaves the house. A new one is one file here: `@channel("key")` on a class with Params and `deliver`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from admitone.messaging.channels.base import Channel, Parcel, Receipt, Refused

__all__ = ["Channel", "Parcel", "Receipt", "Refused", "channel", "channel_named", "channels"]

_registered: dict[str, type[Channel[Any]]] = {}
C = type[Channel[Any]]


def channel(key: str) -> Callable[[C], C]:
    """Register a channel class under `key`, the text stored with every message that went through it."""

    def register(cls: C) -> C:
        if key in _registered:
            raise RuntimeError(f"two channels are called {key}")
        cls.key = key
        _registered[key] = cls
        return cls

    return register


@cache
def channels() -> dict[str, type[Channel[Any]]]:
    """Every channel by its key."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(_registered)


def channel_named(key: str) -> Channel[Any]:
    return channels()[key]()

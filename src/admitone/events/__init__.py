"""The event spine: what happened, to what, by whom; handlers subscribe with `@on`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from admitone.events.actor import GUEST, SYSTEM, Actor

if TYPE_CHECKING:
    from admitone.events.handlers import on
    from admitone.events.models import Event
    from admitone.events.recording import Draft, record, record_many

__all__ = ["GUEST", "SYSTEM", "Actor", "Draft", "Event", "on", "record", "record_many"]

_LATER = {"on": "handlers", "Event": "models", "Draft": "recording", "record": "recording", "record_many": "recording"}


def __getattr__(name: str) -> Any:
    """Models load after the app registry, so names that need them resolve on first use."""
    if name not in _LATER:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"admitone.events.{_LATER[name]}"), name)

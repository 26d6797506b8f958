"""What a step can answer. A step that waits is simply run again when its time or its event has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Done:
    """`outputs` become `steps.<name>.*`; `context` replaces ids that values are read from; `note` is for the log."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    message_id: Any = None


@dataclass(frozen=True, slots=True)
class Branch(Done):
    """Go on inside branch `n`; None goes past all of them."""

    n: int | None = None


@dataclass(frozen=True, slots=True)
class Goto(Done):
    step: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Run this step again at `until`, or when one of `kinds` happens to `awaits` ("one_time_link:ID", "contact:ID")."""

    until: datetime | None
    kinds: tuple[str, ...] = ()
    awaits: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was done and that is no fault, as with a contact without an address; the next step follows."""

    reason: str
    branch: int | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """A passing fault: try again in `after` seconds, a few times."""

    after: float
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The enrollment stays here until somebody retries it."""

    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """`stopped` says why if this was not the end that was planned."""

    stopped: str = ""


Outcome = Done | Wait | Skipped | Retry | Failed | End


@dataclass(frozen=True, slots=True)
class Preview:
    """What a step does in a test run: `text` for people, `outcome` for the steps that follow."""

    text: str
    outcome: Outcome

"""What actions share: a contact that may be gone, merge texts that may come out empty, colleagues who may have left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.accounts.permissions import colleague
from admitone.logic.errors import Problem
from admitone.values import render
from admitone.workflows.outcomes import Skipped
from admitone.workflows.registry import Faults
from admitone.workflows.run import StepContext

#: What a step reports that can be done or skipped; conditions look at it.
STATUS: Mapping[str, str] = {"status": "done"}
STATUS_LABEL: Mapping[str, Any] = {"status": _("Status")}
EMPTY = _("This must not be empty.")


def no_contact() -> Skipped:
    return Skipped("There is no contact.")


@dataclass(frozen=True, slots=True)
class Texts:
    """Merge texts filled in, by the name of their param; `empty` names values that came out empty."""

    found: Mapping[str, str]
    empty: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """For the log: nothing goes out with a hole in it unnoticed."""
        return f"Empty: {', '.join(self.empty)}." if self.empty else ""


def fill(step: StepContext, texts: Mapping[str, str], channel: Any = "text") -> Texts:
    """Fill in the texts that were given, in the account's own language."""
    found: dict[str, str] = {}
    empty: list[str] = []
    for name, text in texts.items():
        if not text.strip():
            continue
        rendered = render(text, step.values, channel=channel)
        found[name] = rendered.text.strip()
        empty += rendered.empty
    return Texts(found, tuple(dict.fromkeys(empty)))


def blank_faults(params: Any, *names: str) -> Faults:
    """A sentence for every one of these texts that was left empty."""
    return {name: str(EMPTY) for name in names if not getattr(params, name).strip()}


def team_faults(account: Account, name: str, users: Iterable[UUID | None]) -> Faults:
    """A sentence if one of them may not enter the account (any more)."""
    for user_id in users:
        if user_id and not is_colleague(account, user_id):
            return {name: str(_("Choose somebody of the team."))}
    return {}


def is_colleague(account: Account, user_id: UUID) -> bool:
    try:
        colleague(account, user_id)
    except Problem:
        return False
    return True


def has_merges(text: str) -> bool:
    """Whether what it says is only known when it is filled in."""
    return "{{" in text or "{%" in text

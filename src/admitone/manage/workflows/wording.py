"""Filters of a trigger in words: "Calendars: Consultation"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admitone.accounts.models import Account
from admitone.logic.steps import Steps
from admitone.manage.workflows import periods
from admitone.manage.workflows.choices import offer, offered_steps, words_for
from admitone.manage.workflows.params import ROWS, STEPS, Param, params_of
from admitone.workflows.registry import Configurable

MANY = 3


def described(kind: type[Configurable], raw: Mapping[str, Any], account: Account, tree: Steps = ()) -> str:
    """One line; empty if nothing is chosen. `tree` are the steps that one of the Params may name."""
    said = [
        (param, raw[param.name]) for param in params_of(kind) if raw.get(param.name) not in (None, "", [], {}, False)
    ]
    return " · ".join(f"{param.label}: {value_words(param, value, account, tree)}" for param, value in said)[:200]


def value_words(param: Param, value: Any, account: Account, tree: Steps) -> str:
    if param.editor == "period":
        return periods.told(value)
    rows = value if isinstance(value, list) else [value]
    if param.editor in ROWS or param.editor in STEPS:
        choices = offer(param.editor, account) if param.editor in ROWS else offered_steps("step", tree, "")
        words = [words_for(str(one), choices) for one in rows]
    else:
        words = [dict(param.options).get(str(one), str(one)) for one in rows]
    return ", ".join(words[:MANY]) + ("…" if len(words) > MANY else "")

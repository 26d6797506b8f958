"""Filters of a trigger in words: "Calendars: Consultation"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admitone.accounts.models import Account
from admitone.workflows.registry import Configurable


def described(kind: type[Configurable], raw: Mapping[str, Any], account: Account) -> str:
    """One line; empty if nothing is filtered."""
    return ""

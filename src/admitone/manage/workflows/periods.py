"""Lengths of time in a form: a number and its unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.workflows.periods import Period

UNITS: list[tuple[str, Any]] = [
    ("minutes", _("minutes")),
    ("hours", _("hours")),
    ("days", _("days")),
    ("weeks", _("weeks")),
    ("seconds", _("seconds")),
]
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}


def split(raw: Any) -> tuple[str, str]:
    """(amount, unit) of a stored period; several units become the smallest one used."""
    if not isinstance(raw, Mapping):
        return "", "days"
    used = {unit: amount for unit, amount in raw.items() if unit in SECONDS and amount}
    if not used:
        return "", "days"
    if len(used) == 1:
        unit, amount = next(iter(used.items()))
        return short(amount), unit
    unit = min(used, key=SECONDS.__getitem__)
    try:
        total = sum(float(amount) * SECONDS[one] for one, amount in used.items())
    except (TypeError, ValueError):
        return "", "days"
    return short(total / SECONDS[unit]), unit


def short(amount: Any) -> str:
    text = str(amount)
    return text[:-2] if text.endswith(".0") else text


def join(amount: str, unit: str) -> dict[str, Any] | None:
    """The stored form; None for no amount. What is no number is kept as it was typed, and refused when it is checked."""
    text = amount.strip().replace(",", ".")
    if not text:
        return None
    unit = unit if unit in SECONDS else "days"
    try:
        number = float(text)
    except ValueError:
        return {unit: text}
    if not math.isfinite(number):
        return {unit: text}
    return {unit: int(number) if number.is_integer() else number}


def told(raw: Any) -> str:
    """2 hours; "" for what cannot be read."""
    try:
        return Period(**raw).words
    except (TypeError, ValueError):
        return ""

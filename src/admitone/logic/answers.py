"""One answer of one kind: what a form field or a custom field takes, in its stored form. Raises ValueError(sentence)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from admitone.logic.identity import clean_name, clean_text

MAX_LINE, MAX_TEXT = 500, 5000
#: Numbers that JSON readers and both databases keep exact enough.
MAX_NUMBER = 10**15
MAX_OPTIONS, MAX_OPTION = 100, 120
TICKED = (True, "true", "on", "1", "yes")
UNTICKED = (False, None, "", "false", "off", "0", "no")
CUSTOM_KINDS = ("text", "number", "date", "choice", "checkbox")


def is_empty(raw: object) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())


def clean_line(raw: object) -> str:
    return clean_name(_text(raw, MAX_LINE), MAX_LINE)


def clean_lines(raw: object) -> str:
    return clean_text(_text(raw, MAX_TEXT), MAX_TEXT)


def clean_number(raw: object) -> int | float:
    """A finite number; whole ones as int. Text may use a decimal point."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError("Enter a number.")
    try:
        number = float(raw if not isinstance(raw, str) else raw.strip()[:40])
    except (ValueError, OverflowError):
        raise ValueError("Enter a number.") from None
    if not math.isfinite(number) or abs(number) > MAX_NUMBER:
        raise ValueError("That number is too large.")
    return int(number) if number.is_integer() else number


def clean_day(raw: object) -> str:
    """An ISO date, years 1900-2100."""
    text = str(raw).strip()
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2100:
        raise ValueError("Enter a date like 2026-11-30.")
    return day.isoformat()


def clean_tick(raw: object) -> bool:
    if isinstance(raw, int | str) and raw in TICKED:
        return True
    if (raw is None or isinstance(raw, int | str)) and raw in UNTICKED:
        return False
    raise ValueError("Answer yes or no.")


def clean_choice(raw: object, options: Sequence[str]) -> str:
    if raw not in options:
        raise ValueError("Choose one of the options.")
    return str(raw)


CLEANERS: dict[str, Callable[[object], Any]] = {
    "text": clean_line,
    "textarea": clean_lines,
    "number": clean_number,
    "date": clean_day,
    "checkbox": clean_tick,
}


def clean_value(kind: str, raw: object, options: Sequence[str] = ()) -> Any:
    """The stored form of a non-empty answer: str, int, float or bool."""
    return clean_choice(raw, options) if kind == "choice" else CLEANERS[kind](raw)


def clean_options(raw: object) -> list[str]:
    """Names of choices, in order, each once; at least one."""
    if not isinstance(raw, list | tuple):
        raise ValueError("Give a list of options.")
    if len(raw) > MAX_OPTIONS:
        raise ValueError(f"Use at most {MAX_OPTIONS} options.")
    found = dict.fromkeys(clean_name(_text(option, MAX_OPTION), MAX_OPTION) for option in raw)
    options = [option for option in found if option]
    if not options:
        raise ValueError("Give at least one option.")
    return options


def _text(raw: object, limit: int) -> str:
    if isinstance(raw, bool | dict | list):
        raise ValueError("Enter text.")
    text = str(raw)
    if len(text) > 4 * limit:
        raise ValueError(f"Use at most {limit} characters.")
    return text

"""A party: how many places one booking takes, and who comes along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from admitone.logic.identity import clean_email, clean_name

MAX_PARTY = 100
_ADDRESS = re.compile(r"[<(\[\s,;]*([^\s<>()\[\],;]+@[^\s<>()\[\],;]+)[>)\]\s,;]*")


def clean_party(raw: Any, most: int) -> int:
    """Places, 1 if nothing was said; ValueError with a sentence."""
    if raw in (None, ""):
        return 1
    text = str(raw).strip() if not isinstance(raw, bool) else ""
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not 1 <= int(text) <= most:
        raise ValueError(f"Choose from 1 to {most} places." if most > 1 else "One place can be booked at a time.")
    return int(text)


def clean_companions(raw: Any, most: int) -> tuple[dict[str, str], ...]:
    """The others of a party as [{"name", "email"}], from such a list or from text with one of them a line.

    At most `most`; ValueError with a sentence.
    """
    found = [one for one in (_companion(item) for item in _items(raw)) if one["name"] or one["email"]]
    if len(found) > most:
        raise ValueError("These are more people than places.")
    return tuple(found)


def written(companions: Iterable[Mapping[str, str]]) -> str:
    """The text that `clean_companions` reads."""
    return "\n".join(", ".join(part for part in (one["name"], one["email"]) if part) for one in companions)


def _items(raw: Any) -> list[Mapping[str, Any]]:
    if raw in (None, ""):
        return []
    if isinstance(raw, str):
        return [_read(line) for line in raw[:10_000].splitlines()]
    if not isinstance(raw, list | tuple) or not all(isinstance(one, Mapping) for one in raw):
        raise ValueError("Enter a list of people.")
    return list(raw)


def _read(line: str) -> dict[str, str]:
    """`Ada Lovelace, ada@example.com`, `Ada <ada@example.com>`, or either alone."""
    found = _ADDRESS.search(line)
    if found is None:
        return {"name": line, "email": ""}
    name = f"{line[: found.start()]} {line[found.end() :]}"
    return {"name": name.strip(" ,;"), "email": found[1]}


def _companion(raw: Mapping[str, Any]) -> dict[str, str]:
    email = str(raw.get("email") or "").strip()
    return {"name": clean_name(raw.get("name")), "email": clean_email(email) if email else ""}

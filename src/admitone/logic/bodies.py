"""Bodies that other programs send: read within bounds, told apart by dotted paths."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from admitone.logic.errors import Problem
from admitone.logic.identity import storable

MAX_DEPTH = 8
MAX_PATHS = 200
MAX_NAME = 80
MAX_DIGITS = 40
LIST_TEXTS = 50


def read_json(raw: bytes) -> dict[str, Any]:
    """An object as it can be stored everywhere. Raises Problem: malformed, or invalid for anything but an object."""
    return plain(load(raw))


def load(raw: bytes) -> dict[str, Any]:
    """An object of any depth, to be read and not stored."""
    try:
        body = json.loads(raw, parse_constant=refuse, parse_float=finite, parse_int=whole)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed", "Send JSON.") from error
    if not isinstance(body, dict):
        raise Problem("invalid", "Send a JSON object.")
    return body


def read_form(raw: bytes) -> dict[str, Any]:
    """The fields of a form; one that comes several times becomes a list."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MAX_PATHS)
    except ValueError as error:
        raise Problem("malformed", "Send a form with at most 200 fields.") from error
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = value if name not in found else [*listed(found[name]), value]
    return plain(found)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def refuse(_word: str) -> NoReturn:
    raise ValueError("not a number")


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("too large")
    return number


def whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("too large")
    return int(text)


def plain(value: Any, depth: int = 0) -> Any:
    """Without what databases refuse, and no deeper than MAX_DEPTH. Raises Problem("invalid")."""
    if depth > MAX_DEPTH:
        raise Problem("invalid", f"Nest at most {MAX_DEPTH} levels deep.")
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): plain(inner, depth + 1) for name, inner in value.items()}
    return [plain(inner, depth + 1) for inner in value] if isinstance(value, list) else value


def flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted path -> text, number or True/False: at most MAX_PATHS. Of a list of objects the first, as `items.first.name`;
    a list of plain values is one text. Names with a dot in them, and very long ones, are left out."""
    found: dict[str, Any] = {}
    for path, value in leaves(body, ()):
        if len(found) >= MAX_PATHS:
            break
        found[".".join(path)] = value
    return found


def leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if is_plain(name):
                yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        objects = [inner for inner in value if isinstance(inner, Mapping)]
        if objects:
            yield from leaves(objects[0], (*path, "first"))
        else:
            yield path, ", ".join(str(inner) for inner in value[:LIST_TEXTS] if not isinstance(inner, list))
    elif path:
        yield path, value


def is_plain(name: str) -> bool:
    """Whether a text can write it, between quotation marks if need be."""
    return 0 < len(name) <= MAX_NAME and name.isprintable() and "." not in name and not {'"', "'"} <= set(name)


def kind_of(value: Any) -> str:
    """text, number, checkbox (true or false) or empty."""
    if value is None:
        return "empty"
    return "checkbox" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"


def learn(schema: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, str]:
    """What was known and what this body adds: path -> type; the latest type that was not empty counts."""
    known = dict(schema)
    for path, value in flat(body).items():
        kind = kind_of(value)
        if path in known or len(known) < MAX_PATHS:
            known[path] = kind if kind != "empty" or path not in known else known[path]
    return known


GUESSES = {
    "email": ("email", "email_address", "e-mail", "mail"),
    "phone": ("phone", "phone_number", "mobile", "tel", "telephone"),
    "name": ("name", "full_name", "fullname", "customer_name"),
}


def guess(schema: Mapping[str, str]) -> dict[str, str]:
    """Paths that most likely name a person: email, phone, name -> path; the shortest path with a telling last word."""
    found = {}
    for part, words in GUESSES.items():
        fits = [path for path in schema if path.rpartition(".")[2].casefold() in words]
        if fits:
            found[part] = min(fits, key=lambda path: (path.count("."), len(path), path))
    return found

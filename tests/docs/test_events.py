"""docs/events.md names every kind of event that the code records, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT, rows

KIND = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDERS = {"record", "Draft", "event_of", "tell", "_tell", "note"}


def calls(names: set[str]) -> Iterator[ast.Call]:
    for path in sorted((ROOT / "src/admitone").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and called(node) in names:
                yield node


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def arguments(node: ast.Call) -> Iterator[ast.AST]:
    """What stands for the kind: any positional argument, or the one called so."""
    for value in [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "kind")]:
        yield from ast.walk(value)


def recorded() -> set[str]:
    values = (part.value for node in calls(RECORDERS) for part in arguments(node) if isinstance(part, ast.Constant))
    return {value for value in values if isinstance(value, str) and KIND.fullmatch(value)}


def composed() -> set[str]:
    """Nouns of kinds put together while running, like one_time_link of f"one_time_link.{verb}"."""
    texts = (part for node in calls(RECORDERS) for part in arguments(node) if isinstance(part, ast.JoinedStr))
    starts = (part.values[0].value for part in texts if isinstance(part.values[0], ast.Constant))
    return {str(start).partition(".")[0] for start in starts if str(start).endswith(".")}


def documented() -> list[str]:
    return [row[0].strip("`") for row in rows("docs/events.md")]


def test_every_recorded_kind_is_documented_once_and_no_other() -> None:
    assert sorted(documented()) == sorted(recorded())


def test_composed_kinds_are_of_documented_nouns() -> None:
    assert composed() - {kind.partition(".")[0] for kind in documented()} == set()


def test_handlers_listen_to_kinds_that_are_recorded() -> None:
    heard = {part.value for node in calls({"on"}) for part in node.args if isinstance(part, ast.Constant)}
    assert sorted(kind for kind in heard if KIND.fullmatch(str(kind)) and kind not in documented()) == []

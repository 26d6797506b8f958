"""docs/settings.md names every variable that config/env.py reads, with its default, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, pages, rows, text

VARIABLE = re.compile(r"ADMITONE_[A-Z_]*[A-Z]")
OTHERS = [Path("compose.yaml"), Path("Dockerfile"), Path("scripts/demo"), Path("scripts/screenshots.py")]


def reads() -> dict[str, object]:
    """Variable -> default, where that is a plain value."""
    found: dict[str, object] = {}
    for node in ast.walk(ast.parse(text("src/admitone/config/env.py"))):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = node.args[0].value
        if isinstance(name, str) and VARIABLE.fullmatch(name):
            default = node.args[1] if len(node.args) > 1 else None
            found[name] = default.value if isinstance(default, ast.Constant) else None
    return found


def documented() -> dict[str, str]:
    return {row[0].strip("`"): row[1] for row in rows("docs/settings.md") if VARIABLE.fullmatch(row[0].strip("`"))}


def test_every_variable_is_documented_and_no_other() -> None:
    assert sorted(documented()) == sorted(reads())


@pytest.mark.parametrize(
    ("name", "default"), [(name, default) for name, default in reads().items() if default not in (None, "")]
)
def test_documented_default_is_the_real_one(name: str, default: object) -> None:
    wanted = (
        {True: "on", False: "off"}.get(default)
        if isinstance(default, bool)
        else f"`{default:g}`"
        if isinstance(default, int | float)
        else f"`{default}`"
    )
    assert documented()[name] == wanted


def test_nothing_speaks_of_a_variable_that_is_not_read() -> None:
    places = [*pages(), *(path for path in OTHERS if (ROOT / path).exists())]
    unknown = {str(path): sorted(set(VARIABLE.findall(text(path))) - set(reads())) for path in places}
    assert {path: names for path, names in unknown.items() if names} == {}

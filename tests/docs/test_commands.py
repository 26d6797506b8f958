"""Commands, options and `make` targets that the documentation names are there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from tests.docs.pages import code, pages, text

from admitone.cli import main

#: "admitone" is also a user's, a database's and a package's name: a command is followed by a lower-case word.
COMMAND = re.compile(r"(?<![\w/.=-])(?:[\w./]*bin/)?admitone (?!admitone\b)([a-z-]+)((?: [^|#;&>]*)?)")
TARGET = re.compile(r"(?<![\w-])make ([a-z][a-z0-9-]*)")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z0-9-]*):", text("Makefile"), re.MULTILINE))


def fault(name: str, rest: str) -> str:
    """What is wrong with `admitone NAME REST`, or ""."""
    command: click.Command | None = main.commands.get(name)
    words = rest.split()
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        command = command.commands.get(words.pop(0))
    if command is None:
        return "no such command"
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"no option {' '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("page", pages(), ids=str)
def test_command_exists_with_its_options(page: Path) -> None:
    lines = [line for line in code(page) if "docker" not in line or "exec admitone" in line]
    found = [(match.group(0), fault(*match.groups())) for line in lines for match in COMMAND.finditer(line)]
    assert [entry for entry in found if entry[1]] == []


@pytest.mark.parametrize("page", pages(), ids=str)
def test_make_target_exists(page: Path) -> None:
    named = {name for line in code(page) for name in TARGET.findall(line)}
    assert sorted(named - targets()) == []

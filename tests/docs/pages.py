"""The documentation as tests read it: which pages there are, their code, links, headings and tables."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")


@cache
def pages() -> tuple[Path, ...]:
    """Every Markdown file that is or would be committed, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted({Path(name) for name in names if name and (ROOT / name).is_file()}))


@cache
def text(page: Path | str) -> str:
    return (ROOT / page).read_text()


def prose(page: Path) -> str:
    """The page without its code."""
    return INLINE.sub("", FENCE.sub("", text(page)))


def code(page: Path) -> Iterator[str]:
    """Each line of fenced code and each inline piece."""
    for block in FENCE.findall(text(page)):
        yield from block.splitlines()
    yield from INLINE.findall(FENCE.sub("", text(page)))


def links(page: Path) -> list[str]:
    return LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The names of the page's headings as links spell them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def rows(page: Path | str) -> list[list[str]]:
    """Cells of the table rows that begin with a piece of code."""
    found = [line for line in text(page).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found]

"""What the documentation points at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, anchors, code, links, pages, text

NAMED = re.compile(r"[\w.\-]+(?:/[\w.\-]+)+\.(?:py|md|json|css|js|toml|yaml)(?:::\w+)?")
PLACES = (ROOT / "src/admitone", ROOT)
MAPS = [page for page in pages() if page.parent.name == "decisions" or page.stem in ("architecture", "glossary")]


@pytest.mark.parametrize("page", pages(), ids=str)
def test_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        if ":" in path:
            continue
        goal = (ROOT / page).parent / path if path else ROOT / page
        if not goal.exists() or (anchor and anchor not in anchors(goal.resolve().relative_to(ROOT))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", MAPS, ids=str)
def test_named_file_exists(page: Path) -> None:
    """Paths are relative to the root or to src/admitone; `file.py::name` names a function in it."""
    assert [name for piece in code(page) for name in NAMED.findall(piece) if not found(name)] == []


def found(name: str) -> bool:
    path, _, function = name.partition("::")
    file = next((place / path for place in PLACES if (place / path).is_file()), None)
    return file is not None and (not function or f"def {function}(" in file.read_text())


def test_every_page_is_reachable_from_the_readme() -> None:
    """A page nobody links to is a page nobody reads."""
    seen, waiting = set(), [Path("README.md")]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        near = [((ROOT / page).parent / target.partition("#")[0]).resolve() for target in links(page)]
        waiting += [goal.relative_to(ROOT) for goal in near if goal.suffix == ".md" and goal.is_relative_to(ROOT)]
    assert sorted(set(pages()) - seen) == []


def test_pictures_are_small_and_shown_somewhere() -> None:
    """`scripts/screenshots.py` makes them; a picture that no page shows is dead weight."""
    sizes = {path.relative_to(ROOT): path.stat().st_size for path in (ROOT / "docs/images").iterdir()}
    shown = {((ROOT / page).parent / target).resolve() for page in pages() for target in links(page)}
    assert [str(path) for path in sizes if ROOT / path not in shown] == []
    assert [str(path) for path, size in sizes.items() if size > 150_000] == []
    assert sum(sizes.values()) < 600_000


def test_decisions_are_numbered_and_have_the_same_parts() -> None:
    records = [page for page in pages() if page.parent.name == "decisions" and page.stem != "README"]
    parts = ["Context", "Decision", "Consequences", "Alternatives", "Check"]
    assert [int(page.stem[:4]) for page in records] == list(range(1, len(records) + 1))
    assert {page.stem: re.findall(r"^## (.+)$", text(page), re.MULTILINE) for page in records} == {
        page.stem: parts for page in records
    }
    assert [page.stem for page in records if len(text(page).splitlines()) > 45] == []

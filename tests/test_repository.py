"""Rules of the house that no linter knows. Each failure names the file and what to do about it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CAPPED = (".py", ".js", ".css", ".html")
LINES, TEST_LINES, FUNCTION_LINES = 400, 600, 60
OWN = {"admitone", "tests", "bench", "scripts"}
VAGUE = {"utils", "util", "common", "helpers", "misc"}

DOUBLES = re.compile(
    r"pytest\.skip|mark\.skip|importorskip|unittest\.skip|xfail\b(?!_strict)|unittest\.mock|MagicMock"
    r"|setattr\(\s*[\"']admitone|\bmocker\b"
)
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "an event handler": re.compile(r"<[^>]*\s(?:on[a-z]{3,}|hx-on[:\w-]*)\s*=\s*[\"']"),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>", re.IGNORECASE),
}
REGISTRIES = ("py" + "pi.org", "pythonhosted" + ".org", "npm" + "js.org", "npm" + "js.com")
MACHINE_PATH = re.compile(r"(?<![\w.\-])/(?:ho" r"me|ro" r"ot|wo" r"rk)/")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted({Path(name) for name in names if name and (ROOT / name).is_file()}))


def text(path: Path) -> str:
    """The content of a text file, "" for a binary one."""
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return ""


def under(folder: str, *suffixes: str) -> list[Path]:
    return [path for path in files() if path.is_relative_to(folder) and (not suffixes or path.suffix in suffixes)]


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and "migrations" not in path.parts]


def test_no_file_grows_past_its_cap():
    """Over the cap: make it a package of the same name."""
    caps = {path: TEST_LINES if path.parts[0] == "tests" else LINES for path in files() if path.suffix in CAPPED}
    sizes = {str(path): len(text(path).splitlines()) for path in caps if "vendor" not in path.parts}
    assert {name: size for name, size in sizes.items() if size > caps[Path(name)]} == {}


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_no_test_is_skipped_and_nothing_of_ours_is_replaced():
    """Needs something? Let `scripts/needs` provide it. Belongs to one database? `@pytest.mark.database("sqlite")`."""
    here = Path(__file__).relative_to(ROOT)
    found = {str(path): DOUBLES.findall(text(path)) for path in python_files() if path != here}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("what", INLINE)
def test_templates_have_no_inline_code(what: str):
    """The content security policy forbids it: use a class, a data attribute and a behaviour in ui/static."""
    templates = [path for path in under("src", ".html") if "email" not in path.parts]
    assert [str(path) for path in templates if INLINE[what].search(text(path))] == []


def test_modules_have_telling_names():
    """Name a module after what is in it."""
    assert [str(path) for path in python_files() if path.stem in VAGUE] == []


def test_migrations_have_telling_names():
    migrations = [path for path in under("src", ".py") if path.parent.name == "migrations"]
    assert [str(path) for path in migrations if "_auto_" in path.stem] == []


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_pin_has_a_hash_and_no_address(name: str):
    """`make pins` writes them so."""
    content = text(Path(f"requirements/{name}.txt"))
    pins = re.findall(r"^([\w.\-\[\]]+)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", content, re.MULTILINE)
    requirements = re.findall(r"^(?!#|\s)(\S+?)==", content, re.MULTILINE)
    options = re.findall(r"^-.*|https?://.*|file:/.*|.* @ .*", content, re.MULTILINE)
    assert (pins, options) == (requirements, [])


@pytest.mark.parametrize(("folder", "name"), [("src", "base"), ("tests", "dev"), ("bench", "dev"), ("scripts", "dev")])
def test_requirements_carry_every_import(folder: str, name: str):
    """Add the distribution to requirements/*.in and run `make pins`."""
    pinned = {normal(pin) for pin in re.findall(r"^(\S+?)==", text(Path(f"requirements/{name}.txt")), re.MULTILINE)}
    providers = packages_distributions()
    missing = {
        f"{path}: {module}"
        for path in under(folder, ".py")
        for module in imported(path)
        if not pinned & {normal(distribution) for distribution in providers.get(module, [])}
    }
    assert missing == set()


def imported(path: Path) -> Iterator[str]:
    """Top-level names of the third-party modules that a file imports."""
    for node in ast.walk(ast.parse(text(path))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in OWN:
                yield top


def normal(distribution: str) -> str:
    """The normalised name (PEP 503) without extras."""
    return re.sub(r"[-_.]+", "-", distribution.partition("[")[0]).lower()


def test_nothing_names_a_package_registry_or_a_developers_machine():
    """Addresses of registries and paths of one machine mean nothing to the next reader."""
    faults = [
        f"{path}: {fault}"
        for path in files()
        for fault in [*(host for host in REGISTRIES if host in text(path)), *MACHINE_PATH.findall(text(path))]
    ]
    assert faults == []

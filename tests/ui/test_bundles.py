"""What is served: sizes on the wire, every source used, sources small and free of inline code."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static

import admitone
from admitone.ui.bundles import BUNDLES, build
from admitone.ui.minify import minify_css, minify_js

ROOT = Path(admitone.__file__).parent
STATIC = ROOT / "ui/static/admitone"
TEMPLATES = sorted(path for path in ROOT.rglob("templates/**/*") if path.suffix in {".html", ".txt"})
BUDGETS = {"public.css": 8_000, "public.js": 4_000, "app.css": 16_000, "app.js": 12_000}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_bundle_compressed_stays_within_its_budget(bundle: str) -> None:
    assert len(brotli.compress(build(bundle).encode())) <= BUDGETS[bundle]


@pytest.mark.parametrize("kind", ["css", "js"])
def test_every_source_is_named_in_a_bundle(kind: str) -> None:
    named = {f"{name}.{kind}" for bundle, names in BUNDLES.items() if bundle.endswith(kind) for name in names}
    assert sorted({str(path.relative_to(STATIC / kind)) for path in (STATIC / kind).rglob(f"*.{kind}")} - named) == []


def test_css_bundles_begin_with_the_layer_order() -> None:
    order = "@layer reset,tokens,base,layout,components,pages,utilities;"
    assert [build(name).startswith(order) for name in ("public.css", "app.css")] == [True, True]


@pytest.mark.parametrize("path", sorted((STATIC / "js").rglob("*.js")), ids=lambda path: path.name)
def test_script_is_short_checked_and_self_contained(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("// @ts-check")
    assert len(text.splitlines()) <= 150
    assert re.findall(r"^\s*(?:import|export)\b.*$|\beval\(|innerHTML", text, re.MULTILINE) == []
    assert [line for line in text.splitlines() if line.count("`") % 2] == []


@pytest.mark.parametrize("path", sorted((STATIC / "css").rglob("*.css")), ids=lambda path: path.name)
def test_stylesheet_uses_logical_properties_only(path: Path) -> None:
    text = re.sub(r"env\([^)]*\)|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    physical = r"(?<![\w-])(?:margin|padding|border)-(?:left|right|top|bottom)\b|(?<![\w-])(?:left|right|top|bottom|width|height)\s*:"
    assert re.findall(physical, re.sub(r"\((?:min|max)-width:", "(", text)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_no_inline_style_handler_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"<[^>]*\sstyle\s*=|<[^>]*\son[a-z]+\s*=|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>", text) == []


def test_bundle_is_found_and_named_without_collectstatic() -> None:
    found = finders.find("public.css")
    assert isinstance(found, str)
    assert Path(found).read_text(encoding="utf-8") == build("public.css")
    assert re.fullmatch(r"/static/public(\.[0-9a-f]{12})?\.css", static("public.css"))


def test_minify_css_keeps_the_meaning() -> None:
    assert minify_css("/* x */ a , b {\n  color: red;\n  margin: 0 auto;\n}\n") == "a,b{color: red;margin: 0 auto}\n"


def test_minify_js_drops_whole_comments_and_keeps_casts_inside_code() -> None:
    source = "// note\n/** doc\n * more */\nconst a = 1;\n  /** @type {X} */ (b).c = a; // kept\n  /** @param x */\n"
    assert minify_js(source) == "const a = 1;\n/** @type {X} */ (b).c = a; // kept\n"

"""What goes into each served file. Sources stay one file per component; `build` joins them in this order."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders

from admitone.ui.minify import minify_css, minify_js

CSS_BASE = (
    "layers",
    "tokens",
    "reset",
    "base",
    "visually-hidden",
    "icon",
    "button",
    "field",
    "alert",
    "card",
    "ticket",
)
CSS_PUBLIC = (*CSS_BASE, "month", "slot", "error-summary", "definition-list", "public-shell", "print")
CSS_APP = (
    *CSS_BASE,
    "shell", "page", "nav", "chip", "table", "tabs", "dialog", "menu", "toast", "empty", "breadcrumb", "pagination",
    "filters", "progress", "avatar", "steps", "copy-field", "code", "month", "slot", "error-summary",
    "definition-list", "timeline", "switch", "auth", "print",
)  # fmt: skip
CSS_PAGES_PUBLIC: tuple[str, ...] = ("pages/booking",)
CSS_PAGES_APP: tuple[str, ...] = (
    "pages/styleguide",
    "pages/links",
    "pages/calendar",
    "pages/messages",
    "pages/reference",
    "pages/bookings",
    "pages/crm",
    "pages/contacts",
    "pages/workflows",
    "pages/workflow-runs",
    "pages/gallery",
    "pages/agenda",
)
JS_PUBLIC = ("announce", "copy", "timezone", "submit-once")
JS_PAGES_PUBLIC: tuple[str, ...] = ("booking",)
JS_APP = (
    *JS_PUBLIC,
    "mint", "dialog", "tabs", "menu", "toast", "confirm", "autosubmit", "select-all", "theme", "share", "focus", "htmx",
    "sharing", "board", "agenda", "agenda-dialogs", "agenda-drag", "agenda-touch", "template-preview",
    "builder-picker", "builder-values", "builder-conditions", "builder-canvas", "builder-autosave", "builder-drag",
)  # fmt: skip

#: served name -> source names under static/admitone/{css,js}/ of any app
BUNDLES: dict[str, tuple[str, ...]] = {
    "public.css": (*CSS_PUBLIC, *CSS_PAGES_PUBLIC),
    "app.css": (*CSS_APP, *CSS_PAGES_APP),
    "public.js": (*JS_PUBLIC, *JS_PAGES_PUBLIC),
    "app.js": JS_APP,
}


def sources(bundle: str) -> list[Path]:
    """The files of a bundle in order; a name without a file is a FileNotFoundError."""
    kind = bundle.rpartition(".")[2]
    return [_source(f"admitone/{kind}/{name}.{kind}") for name in BUNDLES[bundle]]


def _source(path: str) -> Path:
    found = finders.find(path)
    if not found:
        raise FileNotFoundError(f"{path} is named in ui/bundles.py but no app ships it under static/")
    return Path(str(found))


def build(bundle: str) -> str:
    """The text of a bundle: CSS joined, each JavaScript file in a block of its own inside one module."""
    texts = [path.read_text(encoding="utf-8") for path in sources(bundle)]
    if bundle.endswith(".css"):
        return minify_css("\n".join(texts))
    return "".join(f"{{\n{minify_js(text)}}}\n" for text in texts)

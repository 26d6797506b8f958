"""Lucide icons drawn into the page by the server."""

from __future__ import annotations

import re
from functools import lru_cache

import lucide
from django.utils.safestring import SafeString, mark_safe

BETWEEN_TAGS = re.compile(r">\s+<")
#: icons that point along the line of reading and are mirrored in right-to-left pages
DIRECTIONAL = (
    "arrow-left",
    "arrow-right",
    "chevron-left",
    "chevron-right",
    "log-out",
    "corner-down-right",
    "undo-2",
    "send",
)


@lru_cache(maxsize=512)
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """An aria-hidden <svg>; raises lucide.IconDoesNotExist for an unknown name."""
    classes = ["icon", "icon--dir" if name in DIRECTIONAL else "", css]
    attributes = {"class": " ".join(filter(None, classes)), "aria-hidden": "true", "focusable": "false"}
    drawn = lucide._render_icon(name, size, **attributes)
    return mark_safe(BETWEEN_TAGS.sub("><", drawn).strip())  # noqa: S308 (a file of the lucide package)

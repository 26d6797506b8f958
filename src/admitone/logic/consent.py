"""Consent texts: plain words with links and emphasis, as HTML that cannot be anything else."""

from __future__ import annotations

import re
from html import escape

#: [words](https://address), **strong**, *emphasis*. Nothing else means anything.
MARKS = re.compile(
    r"\[(?P<words>[^\[\]\n]{1,300})\]\((?P<url>https://[^\s()<>\"'\\]{1,500})\)"
    r"|\*\*(?P<strong>[^*\n]{1,300})\*\*|\*(?P<emphasis>[^*\n]{1,300})\*"
)


def to_html(text: str) -> str:
    """Everything but the marks is escaped; lines become <br>. Links open beside the page."""
    parts, at = [], 0
    for mark in MARKS.finditer(text):
        parts += [escape(text[at : mark.start()]), _marked(mark)]
        at = mark.end()
    return "".join([*parts, escape(text[at:])]).replace("\n", "<br>")


def _marked(mark: re.Match[str]) -> str:
    if mark["url"]:
        link = f'<a href="{escape(mark["url"])}" target="_blank" rel="noopener">'
        return f"{link}{escape(mark['words'])}</a>"
    if mark["strong"]:
        return f"<strong>{escape(mark['strong'])}</strong>"
    return f"<em>{escape(mark['emphasis'])}</em>"

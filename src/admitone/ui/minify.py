"""Careful shrinking of our own hand-written CSS and JavaScript; compression does the rest."""

from __future__ import annotations

import re

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE = re.compile(r"\s+")
AROUND = re.compile(r"\s*([{};,])\s*")
JS_LINE_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
JS_BLOCK_COMMENT = re.compile(r"^\s*/\*(?:(?!\*/).)*\*/[ \t]*$", re.MULTILINE | re.DOTALL)


def minify_css(text: str) -> str:
    """CSS without comments and needless white space. Strings must not hold comments, braces or double spaces."""
    text = SPACE.sub(" ", COMMENT.sub("", text))
    return AROUND.sub(r"\1", text).replace(";}", "}").strip() + "\n"


def minify_js(text: str) -> str:
    """JavaScript without whole-line comments and indentation. Template literals must stay on one line."""
    text = JS_LINE_COMMENT.sub("", JS_BLOCK_COMMENT.sub("", text))
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)

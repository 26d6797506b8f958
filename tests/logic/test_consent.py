"""Consent texts as HTML: links and emphasis, and nothing else whatever was written."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.consent import to_html


class Tags(HTMLParser):
    """Notes every tag and attribute, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_links_and_emphasis_are_marked() -> None:
    assert to_html("I read the [**rules**](https://e.example/r?a=1&b=2) and *agree*.\nToday.") == (
        'I read the <a href="https://e.example/r?a=1&amp;b=2" target="_blank" rel="noopener">**rules**</a>'
        " and <em>agree</em>.<br>Today."
    )
    assert to_html("**Yes**") == "<strong>Yes</strong>"


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](http://e.example)",
        '[x](https://e.example/"onclick=)',
        "<b>x</b>",
        "[x](https://e.example/<i>)",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    found = Tags()
    found.feed(to_html(text))
    assert (found.tags, found.text) == ([], text)


@given(st.text(alphabet="[]()*<>\"'&h:/.ap\n\\ tjsc-", max_size=80) | st.text(max_size=80))
def test_no_text_makes_another_tag_or_attribute(text: str) -> None:
    found = Tags()
    found.feed(to_html(text))
    for tag, attrs in found.tags:
        assert tag in ("a", "strong", "em", "br")
        assert [name for name, _ in attrs] == (["href", "target", "rel"] if tag == "a" else [])
        assert tag != "a" or str(attrs[0][1]).startswith("https://")

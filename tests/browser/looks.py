"""How a page must be in every dress: light or dark, left to right or right to left, wide or narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import pytest
from playwright.sync_api import Page

Check = Callable[[Page], None]
Scheme = Literal["light", "dark"]

WIDTHS = (320, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
#: Each pair of language, scheme and width once, by language; the soak takes every triple.
PAIRS: dict[str, list[tuple[Scheme, int]]] = {
    "en-GB": [("light", 1280), ("dark", 320)],
    "ar": [("light", 320), ("dark", 1280)],
}
#: The signed-in area reads from right to left in the soak alone: nobody reads it so before a translation of it is whole.
SIGNED_IN = [pytest.param(locale, marks=[pytest.mark.soak] * (locale == "ar")) for locale in PAIRS]
TRIPLES = {locale: [(scheme, width) for scheme in SCHEMES for width in WIDTHS] for locale in PAIRS}

FACTS = """() => ({
  h1: document.querySelectorAll("h1").length, title: document.title.trim(), lang: document.documentElement.lang,
  dir: getComputedStyle(document.documentElement).direction,
  spill: document.documentElement.scrollWidth - innerWidth,
  wide: [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
    || one.getBoundingClientRect().left < -1).slice(0, 3).map((one) => one.outerHTML.slice(0, 120)),
})"""


class Facts(NamedTuple):
    h1: int
    title: bool
    lang: str
    dir: str
    spill: int


def dresses(page: Page, dresses: list[tuple[Scheme, int]]) -> Iterator[str]:
    """Put the page as it stands into each dress, without transitions; yields its name."""
    for scheme, width in dresses:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        yield f"{scheme} {width}"


def check_looks(page: Page, axe: Check, locale: str, wanted: list[tuple[Scheme, int]]) -> None:
    """axe, one h1, a title, the right language and direction, no sideways scroll: in each of the `wanted` dresses.

    axe is asked in English only: none of its rules but that of the language sees the direction.
    """
    language = locale.partition("-")[0]
    good = Facts(1, True, language, "rtl" if language == "ar" else "ltr", 0)
    for dress in dresses(page, wanted):
        seen = page.evaluate(FACTS)
        facts = Facts(seen["h1"], bool(seen["title"]), seen["lang"], seen["dir"], max(0, seen["spill"]))
        assert facts == good, f"{page.url} in {dress}: {seen}"
        if language == "en":
            axe(page)

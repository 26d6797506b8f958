"""Colours of calendars can be read, and their style sheets name themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic import brand

COLORS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def test_contrast_of_black_and_white_is_21() -> None:
    assert (round(brand.contrast("#000000", "#ffffff"), 2), brand.contrast("#123456", "#123456")) == (21.0, 1.0)


@pytest.mark.parametrize(("color", "ink"), [("#1f7a5c", brand.WHITE), ("#ffd400", brand.INK), ("#000000", brand.WHITE)])
def test_the_better_ink_is_chosen(color: str, ink: str) -> None:
    assert brand.ink_on(color) == ink


@given(COLORS)
def test_a_suggestion_is_always_readable_and_a_readable_colour_stays(color: str) -> None:
    better = brand.suggestion(color)
    assert brand.readable(better)
    assert (better == color) is brand.readable(color)


@given(COLORS)
def test_the_shade_for_text_reads_on_either_canvas(color: str) -> None:
    assert brand.contrast(brand.shade(color, brand.CANVAS, -1), brand.CANVAS) >= 4.5
    assert brand.contrast(brand.shade(color, brand.DARK_CANVAS, 1), brand.DARK_CANVAS) >= 4.5


@given(st.one_of(st.just(""), COLORS.filter(brand.readable)), st.integers(0, brand.MAX_RADIUS))
def test_the_name_of_a_style_sheet_gives_back_what_it_was_made_from(color: str, radius: int) -> None:
    name = brand.css_hash(color, radius)
    assert name == "" if (color, radius) == ("", 10) else brand.parse_hash(name) == (color, radius)


@pytest.mark.parametrize(
    "name", ["", "x", "1-0a", "1-ff", "18080800a", "1ABCDEF0a", "2-00", "11f7a5c0a.css", "1\u0661f7a5c0a"]
)
def test_a_name_that_no_calendar_has_is_nothing(name: str) -> None:
    assert brand.parse_hash(name) is None


def test_the_style_sheet_sets_the_variables_of_the_page() -> None:
    assert brand.style_sheet("#1f7a5c", 4).startswith(
        ":root{--radius:4px;--brand:#1f7a5c;--brand-ink:#ffffff;--brand-text:"
    )
    assert brand.style_sheet("", 0) == ":root{--radius:0px}"


@pytest.mark.parametrize(("raw", "clean"), [("#ABC", "#aabbcc"), (" 1f7a5c ", "#1f7a5c"), ("", "")])
def test_colours_are_written_one_way(raw: str, clean: str) -> None:
    assert brand.clean_color(raw) == clean


@pytest.mark.parametrize("raw", ["red", "#12", "#12345g", "url(x)", "#fff;}", "#١٢٣"])
def test_what_is_no_colour_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="#1f7a5c"):
        brand.clean_color(raw)

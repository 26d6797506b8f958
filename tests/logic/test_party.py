"""Places and companions as they are typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.party import clean_companions, clean_party, written

ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}


@pytest.mark.parametrize(("raw", "found"), [(None, 1), ("", 1), ("1", 1), (3, 3), (" 2 ", 2)])
def test_party_is_one_unless_said(raw: Any, found: int) -> None:
    assert clean_party(raw, 3) == found


@pytest.mark.parametrize("raw", ["4", 0, "-1", "two", True, 1.5, "1e3", "\u0663"])
def test_party_beyond_the_largest_or_no_number_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match="from 1 to 3"):
        clean_party(raw, 3)


def test_party_where_everybody_books_alone_says_so() -> None:
    with pytest.raises(ValueError, match="One place"):
        clean_party(2, 1)


@pytest.mark.parametrize(
    "line",
    ["Ada Lovelace, ada@example.com", "Ada Lovelace <ada@example.com>", "ada@example.com Ada Lovelace",
     "Ada Lovelace (ada@example.com)", "Ada Lovelace; ada@example.com;"],
)  # fmt: skip
def test_companion_is_read_however_name_and_address_are_written(line: str) -> None:
    assert clean_companions(line, 1) == (ADA,)


def test_companions_come_one_a_line_and_empty_lines_are_nobody() -> None:
    assert clean_companions("Ada Lovelace, ada@example.com\n\n  \nBen", 2) == (ADA, {"name": "Ben", "email": ""})


def test_companions_as_a_list_are_cleaned() -> None:
    assert clean_companions([{"name": "  Ada   Lovelace ", "email": "ADA@example.com"}, {}], 1) == (
        {"name": "Ada Lovelace", "email": "ADA@example.com"},
    )


@pytest.mark.parametrize("raw", ["a\nb", [{"name": "a"}, {"name": "b"}]])
def test_more_companions_than_places_are_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match="more people than places"):
        clean_companions(raw, 1)


@pytest.mark.parametrize("raw", [5, {"name": "a"}, ["a"], [None], [{"email": "nobody"}], [{"email": 7}]])
def test_companions_of_another_shape_are_refused(raw: Any) -> None:
    with pytest.raises(ValueError):
        clean_companions(raw, 5)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_written_back(text: str) -> None:
    try:
        found = clean_companions(text, 100)
    except ValueError:
        return
    assert clean_companions(written(found), 100) == found

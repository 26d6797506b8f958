"""Tables of people as they come out of spreadsheets."""

from __future__ import annotations

import pytest

from admitone.logic.contact_rows import PersonRow, parse


@pytest.mark.parametrize(
    "text",
    [
        "email,name,phone\nada@example.com,Ada Lovelace,+4930123456",
        "\ufeffName;E-Mail;Phone Number\r\nAda Lovelace;ada@example.com;+4930123456\r\n",
        "phone\tother\temail\tname\n+4930123456\tx\tada@example.com\tAda Lovelace",
    ],
)
def test_named_columns_are_found_in_any_order(text):
    assert parse(text) == [PersonRow(2, "ada@example.com", "Ada Lovelace", "+4930123456")]


def test_without_names_the_columns_are_email_name_phone():
    assert parse("ada@example.com, Ada\n\n\nbob@example.com") == [
        PersonRow(1, "ada@example.com", "Ada", ""),
        PersonRow(4, "bob@example.com", "", ""),
    ]


def test_quoted_cells_may_hold_delimiters():
    assert parse('ada@example.com,"Lovelace, Ada"')[0].name == "Lovelace, Ada"


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n", "email,name,phone\n"])
def test_nothing_is_no_row(text):
    assert parse(text) == []


def test_what_is_no_table_is_refused():
    with pytest.raises(ValueError, match="not a table"):
        parse('a,"b\nc')

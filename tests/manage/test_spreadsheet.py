"""Tables that are downloaded run nothing in a spreadsheet."""

from __future__ import annotations

import pytest

from admitone.manage.spreadsheet import BOM, lines, safe


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_begins_like_a_formula_is_kept_from_running(sign: str) -> None:
    assert safe(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"


def test_a_column_named_by_its_owner_is_kept_from_running_too() -> None:
    assert list(lines(["=1+1", "name"], [["Ada", None]])) == [f"{BOM}'=1+1,name\r\n", "Ada,\r\n"]

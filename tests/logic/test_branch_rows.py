"""Branches with conditions as rows of a form."""

from __future__ import annotations

from typing import Any

import pytest

from admitone.logic import branch_rows
from admitone.logic.branch_rows import Comparison, Row

ONE = {"value": "contact.email", "op": "contains", "than": "@"}
TWO = {"value": "contact.phone", "op": "is_filled"}
LIST = {"value": "contact.name", "op": "is_one_of", "than": ["Ada", "Eve"]}


@pytest.mark.parametrize(
    ("when", "groups"),
    [
        ({"all": [ONE, TWO]}, [2]),
        ({"any": [{"all": [ONE]}, {"all": [TWO, LIST]}]}, [1, 2]),
        ({"any": [ONE, TWO]}, [1, 1]),
        (ONE, [1]),
    ],
)
def test_condition_is_read_into_groups_and_means_the_same_when_stored(when: Any, groups: list[int]) -> None:
    row = branch_rows.row_of(0, {"name": "x", "when": when, "steps": []})
    assert [len(group) for group in row.groups] == groups
    again = branch_rows.row_of(0, {"when": row.condition(), "name": "x"})
    assert again.groups == row.groups


@pytest.mark.parametrize("when", [{"all": [{"any": [ONE]}]}, {"any": [{"all": [{"all": [ONE]}]}]}, "words"])
def test_condition_that_is_nested_deeper_stays_as_it_is(when: Any) -> None:
    row = branch_rows.row_of(0, {"when": when})
    assert row.groups == []
    assert row.condition() == when


def test_list_is_written_with_commas() -> None:
    row = branch_rows.row_of(0, {"when": LIST})
    assert row.groups[0][0].than == "Ada, Eve"
    assert row.condition() == {"all": [LIST]}


def rows() -> list[Row]:
    first = Row(0, "Yes", groups=[[Comparison("contact.email"), Comparison("contact.phone")], [Comparison()]])
    return [first, Row(1, "Otherwise", otherwise=True)]


def names(found: list[Row]) -> list[str]:
    return [row.name for row in found]


def test_new_branch_stands_before_the_one_without_a_condition() -> None:
    assert names(branch_rows.changed(rows(), "add_branch", "New")) == ["Yes", "New", "Otherwise"]
    assert names(branch_rows.changed(rows(), "add_else", "Else")) == ["Yes", "Otherwise"]
    assert names(branch_rows.changed(rows()[:1], "add_else", "Else")) == ["Yes", "Else"]
    assert names(branch_rows.changed(rows(), "remove_branch:0", "")) == ["Otherwise"]


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("add_condition:0:0", [3, 1]),
        ("add_group:0", [2, 1, 1]),
        ("remove_condition:0:0:1", [1, 1]),
        ("remove_condition:0:1:0", [2]),
        ("remove_condition:0:9:0", [2, 1]),
        ("add_condition:9:0", [2, 1]),
        ("add_condition", [2, 1]),
        ("remove_branch:x", [2, 1]),
        ("", [2, 1]),
    ],
)
def test_press_changes_the_group_it_stands_in(do: str, expected: list[int]) -> None:
    found = branch_rows.changed(rows(), do, "")
    assert [len(group) for group in found[0].groups] == expected


def test_steps_stay_with_their_branch() -> None:
    before = [{"name": "Yes", "steps": ["a"]}, {"name": "Otherwise", "steps": ["b"]}]
    found = branch_rows.stored([rows()[1], Row(None, "New", groups=[[Comparison("x")]])], before, conditional=True)
    assert [branch["steps"] for branch in found] == [["b"], []]
    assert [("when" in branch) for branch in found] == [False, True]


def test_branch_without_any_comparison_waits_for_one() -> None:
    assert Row(None, "x", groups=[[]]).condition() == {"all": [{"value": "", "op": "is", "than": ""}]}

"""Conditions: each operator, groups, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.conditions import MAX_DEPTH, OPS, fault, holds, values_of


def met(op: str, value: object, than: object = None) -> bool:
    condition = {"value": "x", "op": op} | ({} if than is None else {"than": than})
    assert fault(condition) == ""
    return holds(condition, lambda _name: value)


@pytest.mark.parametrize(
    ("op", "value", "than", "expected"),
    [
        ("is", " Used ", "used", True),
        ("is", "10.0", 10, True),
        ("is", "ten", 10, False),
        ("is_not", "a", "b", True),
        ("contains", "Dental clinic", "CLINIC", True),
        ("contains_not", "Dental clinic", "salon", True),
        ("starts_with", "Dental", "den", True),
        ("ends_with", "Dental", "tal", True),
        ("is_one_of", "b", ["a", "B"], True),
        ("is_one_of", "c", ["a", "B"], False),
        ("is_empty", "  ", None, True),
        ("is_empty", None, None, True),
        ("is_filled", "x", None, True),
        ("more_than", "10", 9, True),
        ("more_than", "abc", 9, False),
        ("less_than", "2026-11-02T09:00:00+00:00", "2026-11-03T09:00:00+00:00", True),
        ("less_than", "", 9, False),
    ],
)
def test_comparison(op, value, than, expected):
    assert met(op, value, than) is expected


def test_groups_nest():
    yes, no = {"value": "a", "op": "is_filled"}, {"value": "a", "op": "is_empty"}
    for condition, expected in (
        ({"all": [yes, yes]}, True),
        ({"all": [yes, no]}, False),
        ({"any": [no, yes]}, True),
        ({"any": [no, {"all": [no]}]}, False),
        ({"all": []}, True),
        ({"any": []}, True),
    ):
        assert fault(condition) == ""
        assert holds(condition, lambda _name: "x") is expected


def test_values_are_found_at_every_depth():
    condition = {"all": [{"value": "a", "op": "is_empty"}, {"any": [{"value": "b", "op": "is", "than": 1}]}]}
    assert list(values_of(condition)) == ["a", "b"]


def nested(depth: int) -> dict:
    return {"all": [nested(depth - 1)]} if depth else {"value": "a", "op": "is_empty"}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "x",
        [],
        {},
        {"op": "is", "than": 1},
        {"value": "a", "op": "eval", "than": 1},
        {"value": "a", "op": ["is"], "than": 1},
        {"value": "a", "op": "is"},
        {"value": "a", "op": "is", "than": {"b": 1}},
        {"value": "a", "op": "is_empty", "than": 1},
        {"value": "a", "op": "is_one_of", "than": []},
        {"value": "a", "op": "is_one_of", "than": "abc"},
        {"value": "a", "op": "is", "than": "x" * 501},
        {"all": [], "any": []},
        {"all": {}},
        {"all": [{"value": "a", "op": "is_empty"}] * 21},
        nested(MAX_DEPTH + 1),
    ],
    ids=lambda raw: str(raw)[:40],
)
def test_wrong_form_is_refused(raw):
    assert fault(raw)


@given(st.sampled_from(sorted(OPS)), st.text(), st.text())
def test_every_comparison_of_any_texts_has_an_answer(op, value, than):
    comparing = [than] if op == "is_one_of" else than
    assert OPS[op](value, comparing) in (True, False)

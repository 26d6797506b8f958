"""The tree and the graph of steps, and the sending window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.steps import Rules, after, at, endless, into, known_before, named, next_open, settle, walk

BERLIN = ZoneInfo("Europe/Berlin")


def step(name: str, *branches: list, kind: str = "do", **params: str) -> dict:
    found = {"name": name, "type": kind, "params": params}
    return {**found, "branches": [{"steps": inside} for inside in branches]} if branches else found


TREE = [step("a"), step("b", [step("c"), step("d", [step("e")], [])], []), step("f")]
PLAIN = Rules(lambda one, _branch: frozenset({one["name"]}))


def name_at(path) -> str | None:
    return at(TREE, path)["name"] if path else None


def test_walk_reads_top_down():
    assert [(path, one["name"]) for path, one in walk(TREE)] == [
        ((0,), "a"),
        ((1,), "b"),
        ((1, 0, 0), "c"),
        ((1, 0, 1), "d"),
        ((1, 0, 1, 0, 0), "e"),
        ((2,), "f"),
    ]


def test_every_step_is_found_by_name_and_path():
    assert {one["name"]: at(TREE, named(TREE, one["name"]))["name"] for _path, one in walk(TREE)} == {
        name: name for name in "abcdef"
    }
    assert named(TREE, "nobody") is None


@pytest.mark.parametrize(
    ("name", "following"), [("a", "b"), ("b", "f"), ("c", "d"), ("d", "f"), ("e", "f"), ("f", None)]
)
def test_after_a_step_comes_the_next_of_its_list_or_of_the_list_around_it(name, following):
    assert name_at(after(TREE, named(TREE, name))) == following


def test_branches_are_entered_or_passed():
    assert name_at(into(TREE, (1,), 0)) == "c"
    assert name_at(into(TREE, (1,), 1)) == "f"
    assert name_at(into(TREE, (1,), None)) == "f"


def test_position_past_all_ends_is_the_end():
    assert settle(TREE, (3,)) is None
    assert settle([], (0,)) is None


def test_known_is_what_every_way_has_made():
    known = {at(TREE, path)["name"]: values for path, values in known_before(TREE, frozenset({"x"}), PLAIN).items()}
    assert {name: "".join(sorted(values)) for name, values in known.items()} == {
        "a": "x",
        "b": "ax",
        "c": "abx",
        "d": "abcx",
        "e": "abcdx",
        "f": "abx",
    }


def test_jump_back_keeps_what_was_known_at_first():
    tree = [step("a"), step("b"), step("back", kind="goto", step="a")]
    assert known_before(tree, frozenset(), PLAIN)[(0,)] == frozenset()


def test_step_behind_a_jump_is_not_reached():
    tree = [step("jump", kind="goto", step="c"), step("b"), step("c")]
    assert sorted(known_before(tree, frozenset(), PLAIN)) == [(0,), (2,)]


def test_loops_without_a_wait_are_named():
    loop = [step("a"), step("w"), step("back", kind="goto", step="a")]
    assert endless(loop, lambda _step: False, PLAIN) == ["a", "w", "back"]
    assert endless(loop, lambda one: one["name"] == "w", PLAIN) == []
    assert endless(TREE, lambda _step: False, PLAIN) == []
    itself = [step("jump", kind="goto", step="jump")]
    assert endless(itself, lambda _step: False, PLAIN) == ["jump"]


WEEK = ((0, 1, 2, 3, 4), 9 * 60, 17 * 60)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-02T08:00", "2026-11-02T09:00"),
        ("2026-11-02T09:00", "2026-11-02T09:00"),
        ("2026-11-02T16:59", "2026-11-02T16:59"),
        ("2026-11-02T17:00", "2026-11-03T09:00"),
        ("2026-11-06T18:00", "2026-11-09T09:00"),
        ("2026-11-07T12:00", "2026-11-09T09:00"),
    ],
)
def test_window_opens_at_its_next_local_time(local, expected):
    now = datetime.fromisoformat(local).replace(tzinfo=BERLIN).astimezone(UTC)
    assert next_open(now, BERLIN, *WEEK).astimezone(BERLIN).isoformat()[:16] == expected


@given(
    st.integers(0, 2 * 366 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1438).flatmap(lambda first: st.tuples(st.just(first), st.integers(first + 1, 1440))),
)
def test_window_is_never_in_the_past_and_within_eight_days(now, days, span):
    opens = next_open(now, BERLIN, sorted(days), *span)
    assert timedelta() <= opens - now <= timedelta(days=8)

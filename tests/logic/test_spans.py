"""Interval arithmetic against sets of integers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.logic.strategies import bounded

from admitone.logic.spans import Span, contains, find, intersect, normalize, subtract

LISTS = st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), max_size=8)


def points(spans: list[Span]) -> set[int]:
    return {point for start, end in spans for point in range(start, end)}


def test_touching_spans_when_normalized_become_one() -> None:
    assert normalize([(5, 9), (1, 3), (3, 5), (20, 20), (30, 25)]) == [(1, 9)]


def test_hole_inside_a_span_when_subtracted_leaves_both_sides() -> None:
    assert subtract([(0, 10), (20, 30)], [(3, 5), (9, 21)]) == [(0, 3), (5, 9), (21, 30)]


def test_span_across_two_touching_parts_is_not_contained_unless_they_are_merged() -> None:
    assert contains(normalize([(0, 5), (5, 10)]), (3, 8)) is True
    assert contains([(0, 5), (6, 10)], (3, 8)) is False


def test_span_without_length_is_never_contained() -> None:
    assert contains([(0, 10)], (4, 4)) is False


@bounded(200)
@given(LISTS)
def test_normalized_spans_are_sorted_disjoint_and_hold_the_same_points(spans: list[Span]) -> None:
    found = normalize(spans)
    assert points(found) == points(spans)
    assert all(start < end for start, end in found)
    assert all(one[1] < two[0] for one, two in pairwise(found))


@bounded(200)
@given(LISTS, LISTS)
def test_subtract_and_intersect_agree_with_sets(one: list[Span], other: list[Span]) -> None:
    left, right = normalize(one), normalize(other)
    assert points(subtract(left, right)) == points(left) - points(right)
    assert points(intersect(left, right)) == points(left) & points(right)
    assert normalize(subtract(left, right)) == subtract(left, right)


@bounded(200)
@given(LISTS, st.integers(-45, 45), st.integers(0, 20))
def test_find_and_contains_agree_with_sets(spans: list[Span], start: int, length: int) -> None:
    found = normalize(spans)
    around = find(found, start)
    assert (around is not None) == (start in points(found))
    inside = length > 0 and set(range(start, start + length)) <= points(found)
    assert contains(found, (start, start + length)) == inside

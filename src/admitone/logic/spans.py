"""Half-open integer intervals [start, end), always kept sorted and disjoint."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

Span = tuple[int, int]
_start = itemgetter(0)


def normalize(spans: Iterable[Span]) -> list[Span]:
    """Sorted, disjoint, touching spans merged; those without length dropped."""
    merged: list[Span] = []
    low, high = 0, 0
    for start, end in sorted(spans):
        if start >= end:
            continue
        if low < high and start <= high:
            high = max(high, end)
            continue
        if low < high:
            merged.append((low, high))
        low, high = start, end
    if low < high:
        merged.append((low, high))
    return merged


def subtract(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of `spans` outside `holes` (both normalized)."""
    left: list[Span] = []
    at, count = 0, len(holes)
    for start, end in spans:
        while at < count and holes[at][1] <= start:
            at += 1
        hole = at
        while hole < count and holes[hole][0] < end:
            low, high = holes[hole]
            if low > start:
                left.append((start, low))
            start = max(start, high)
            hole += 1
        if start < end:
            left.append((start, end))
    return left


def intersect(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """The common part of two normalized lists."""
    common: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low < high:
            common.append((low, high))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return common


def find(spans: Sequence[Span], point: int) -> Span | None:
    """The span of a normalized list that holds `point`."""
    at = bisect_right(spans, point, key=_start) - 1
    return spans[at] if at >= 0 and point < spans[at][1] else None


def contains(spans: Sequence[Span], span: Span) -> bool:
    """Whether `span` lies wholly inside one span of a normalized list; a span without length never does."""
    around = find(spans, span[0])
    return around is not None and span[0] < span[1] <= around[1]

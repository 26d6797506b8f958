"""Who takes it: shares within one of ideal, wishes first, and the same answer everywhere."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.assignment import Candidate, Choice, choose

ADA, BEN, CLEO = Candidate("ada"), Candidate("ben"), Candidate("cleo")


def simulated(team: list[Candidate], count: int, strategy: str = "equal") -> list[Counter[str]]:
    """What everybody has after each of `count` appointments for which all were free."""
    seen: list[Counter[str]] = []
    booked: Counter[str] = Counter()
    for at in range(count):
        team = [replace(one, booked=booked[one.host]) for one in team]
        chosen = choose(team, team, strategy=strategy).host
        booked[chosen] += 1
        team = [replace(one, last=at) if one.host == chosen else one for one in team]
        seen.append(Counter(booked))
    return seen


@pytest.mark.parametrize("weights", [(1, 1, 1), (1, 1), (5, 3, 1), (10, 1, 1, 1), (7, 2), (3, 3, 2, 1, 1), (1,) * 12])
def test_equal_share_stays_within_one_of_ideal_at_every_moment(weights):
    team = [Candidate(f"host{n:02}", weight=weight) for n, weight in enumerate(weights)]
    for total, booked in enumerate(simulated(team, 1000), start=1):
        ideal = {one.host: Fraction(total * one.weight, sum(weights)) for one in team}
        assert max(abs(booked[host] - share) for host, share in ideal.items()) < 1


@given(st.lists(st.integers(1, 20), min_size=2, max_size=8))
def test_equal_share_of_any_weights_stays_within_one_of_ideal(weights):
    team = [Candidate(f"host{n}", weight=weight) for n, weight in enumerate(weights)]
    for total, booked in enumerate(simulated(team, 60), start=1):
        assert all(abs(booked[one.host] - Fraction(total * one.weight, sum(weights))) < 1 for one in team)


def test_who_was_away_is_asked_first_when_back():
    away = [replace(ADA, booked=10, last=5), replace(BEN, booked=10, last=6), replace(CLEO, booked=2, last=1)]
    assert choose(away, away, strategy="equal") == Choice("cleo", "share")


def test_nobody_who_is_due_is_free_takes_who_is_furthest_behind():
    team = [replace(ADA, booked=0), replace(BEN, booked=9), replace(CLEO, booked=5)]
    assert choose(team[1:], team, strategy="equal") == Choice("cleo", "share")


def test_availability_takes_the_highest_priority():
    team = [ADA, replace(BEN, priority=2), replace(CLEO, priority=1)]
    assert choose(team, team) == Choice("ben", "priority")


def test_availability_takes_among_equals_who_was_chosen_longest_ago():
    team = [replace(ADA, last=30), replace(BEN, last=10), replace(CLEO, last=20)]
    assert choose(team, team) == Choice("ben", "longest_ago")
    assert choose([*team, Candidate("dan")], team) == Choice("dan", "longest_ago")


def test_tie_is_broken_by_id_whatever_the_order():
    team = [CLEO, ADA, BEN]
    for seed in range(6):
        random.Random(seed).shuffle(team)
        assert choose(team, team) == Choice("ada", "order")


def test_wish_comes_before_the_owner_and_the_owner_before_all_others():
    team = [replace(ADA, priority=9), BEN, CLEO]
    assert choose(team, team, wish="cleo", owner="ben") == Choice("cleo", "wish")
    assert choose(team, team, wish="nobody", owner="ben") == Choice("ben", "owner")


def test_the_only_free_host_is_taken_and_nobody_free_is_an_error():
    assert choose([BEN], [ADA, BEN], strategy="equal") == Choice("ben", "only")
    with pytest.raises(ValueError, match="nobody is free"):
        choose([], [ADA])

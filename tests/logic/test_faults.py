"""Everything that is wrong with some values is refused at once."""

from __future__ import annotations

import pytest

from admitone.logic.errors import Problem
from admitone.logic.faults import Faults, cleaned


def test_every_wrong_value_is_named_and_unknown_ones_too():
    with pytest.raises(Problem) as caught:
        cleaned({"n": "x", "m": "1", "k": 1}, {"n": int, "m": int})
    assert (caught.value.code, list(caught.value.fields)) == ("invalid", ["n", "k"])


def test_good_values_come_back_in_their_stored_form():
    assert cleaned({"n": "3"}, {"n": int, "m": int}) == {"n": 3}


def test_without_a_fault_nothing_is_refused():
    faults = Faults()
    with faults.at("n"):
        int("3")
    faults.refuse()
    assert faults == {}

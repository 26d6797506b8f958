"""Groups, series, parties, requests, waiting lists and changes of all their rules, in any order: no row is left behind."""

from __future__ import annotations

import pytest
from tests.faults.mayhem import Mayhem, faults

pytestmark = pytest.mark.django_db


def run(seed: int, steps: int) -> None:
    """Told with its seed and all that was done, so that it can be done again."""
    mayhem = Mayhem(seed)
    for _ in range(steps):
        mayhem.step()
        assert not list(faults(mayhem.account.id)), (seed, mayhem.log)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_acts_leaves_nothing_behind(seed):
    run(seed, steps=120)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_orders_of_acts_leave_nothing_behind(seed):
    run(seed, steps=250)

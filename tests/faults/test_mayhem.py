"""Groups, series, parties, requests, waiting lists and changes of all their rules, in any order: no row is left behind."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import OperationalError
from tests.faults.mayhem import Mayhem, faults
from tests.faults.test_team_races import overlaps, together

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


@pytest.mark.storm
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(2))
def test_acts_of_many_at_once_leave_nothing_behind(seed):
    mayhem = Mayhem(seed)

    def busy(one: Mayhem) -> None:
        for _ in range(60):
            try:
                one.step()
            except OperationalError as error:  # a job that lost a deadlock is run again
                assert getattr(error.__cause__, "sqlstate", "") in ("40001", "40P01"), error
                one.log.append("deadlock")

    crowd = [mayhem.another(10 * seed + n) for n in range(5)]
    seen = together(*(partial(busy, one) for one in crowd))
    log = [one.log for one in crowd]
    assert (set(seen), list(faults(mayhem.account.id)), overlaps()) == ({"done"}, [], 0), log
    assert sum(one.count("deadlock") for one in log) <= 3, log

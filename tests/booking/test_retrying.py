"""A transaction that lost a deadlock or a serialization race is run again, whole; anything else is not."""

from __future__ import annotations

import pytest
from django.db import OperationalError, transaction

from admitone.booking.retrying import retrying


class Lost(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def service(failures: int, sqlstate: str = "40P01"):
    """Fails so many times, then answers with the number of calls."""
    calls = []

    def run() -> int:
        calls.append(1)
        if len(calls) <= failures:
            raise OperationalError("lost") from Lost(sqlstate)
        return len(calls)

    return run, calls


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
@pytest.mark.parametrize("failures", [0, 1, 2])
def test_lost_race_is_run_again_up_to_three_times(sqlstate: str, failures: int) -> None:
    run, _ = service(failures, sqlstate)
    assert retrying(run) == failures + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("failures", "sqlstate", "tries"), [(3, "40001", 3), (1, "57014", 1)])
def test_third_loss_and_other_errors_are_raised(failures: int, sqlstate: str, tries: int) -> None:
    run, calls = service(failures, sqlstate)
    with pytest.raises(OperationalError):
        retrying(run)
    assert len(calls) == tries


@pytest.mark.django_db
def test_nothing_is_run_again_inside_an_outer_transaction() -> None:
    run, calls = service(1)
    with pytest.raises(OperationalError), transaction.atomic():
        retrying(run)
    assert len(calls) == 1

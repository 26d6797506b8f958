"""Rate limits: fixed windows that end, one for each subject, whatever text it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import factories

from admitone.accounts.limits import hit, purge
from admitone.accounts.models import RateCount
from admitone.logic.errors import Problem

NOW = factories.NOW

pytestmark = pytest.mark.django_db


def allowed(subject: str, at: datetime = NOW) -> bool:
    try:
        hit(name="test", subject=subject, limit=2, window_seconds=60, now=at)
    except Problem as problem:
        assert problem.extra["retry_after"] == 60 - at.second
        return False
    return True


@pytest.mark.parametrize("subject", ["198.51.100.7", "a" * 500, "\x00", "\ud800", "ä" * 200, ""])
def test_limit_holds_within_a_window_and_ends_with_it(subject: str) -> None:
    assert [allowed(subject) for _ in range(3)] == [True, True, False]
    assert allowed(subject, NOW + timedelta(seconds=59)) is False
    assert allowed(subject, NOW + timedelta(seconds=60)) is True
    assert allowed(subject + "b", NOW) is True
    assert purge(NOW + timedelta(hours=2)) == 3
    assert not RateCount.objects.exists()

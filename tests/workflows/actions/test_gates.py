"""Places and turns are counted exactly, however many ask at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from tests.workflows.conftest import NOW

from admitone.events import SYSTEM
from admitone.workflows.gates import take_place, take_turn
from admitone.workflows.services import create_workflow

pytestmark = [pytest.mark.storm, pytest.mark.django_db(transaction=True)]
HOUR = timedelta(hours=1)
ASKED = 60


def at_once(ask):
    """What each of many gets who ask from their own connections."""

    def run(n):
        try:
            with transaction.atomic():
                return ask(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, range(ASKED)))


@pytest.fixture
def workflow(account):
    document = {"name": "x", "steps": [{"name": "drip", "type": "drip", "params": {"count": 7, "per": {"hours": 1}}}]}
    return create_workflow(account=account, document=document, actor=SYSTEM, now=NOW)


def test_no_period_gets_more_than_its_share(workflow):
    places = at_once(lambda _n: take_place(workflow.id, "drip", 7, HOUR, NOW))
    assert Counter(places) == {NOW + n * HOUR: 7 for n in range(8)} | {NOW + 8 * HOUR: ASKED - 56}


def test_every_turn_is_given_once(workflow):
    assert sorted(at_once(lambda _n: take_turn(workflow.id, "assign", NOW))) == list(range(ASKED))

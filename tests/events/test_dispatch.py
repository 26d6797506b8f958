"""Carrying events to their handlers: each runs once and wholly, whatever fails, repeats or dies on the way (P5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from tests import factories

from admitone.accounts.models import Agency
from admitone.events import SYSTEM, Event, handlers, on, record
from admitone.events.models import EventReceipt
from admitone.events.tasks import dispatch
from admitone.jobs import run_pending
from admitone.jobs.models import Job
from admitone.logic.ids import uuid7

NOW = factories.NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broken() -> Iterator[set[str]]:
    """Two handlers of test.happened that write an agency of their name; those named in the set fail after the write."""
    failing: set[str] = set()

    def handler(name: str) -> None:
        @on("test.happened", consumer=name)
        def write(event: Event, now: datetime) -> None:
            Agency.objects.create(name=name, created_at=now)
            if name in failing:
                raise RuntimeError(name)

    for name in ("first", "second"):
        handler(name)
    yield failing
    del handlers._handlers["test.happened"]


def happen() -> Event:
    with transaction.atomic():
        return record(
            account_id=uuid7(), actor=SYSTEM, now=NOW, kind="test.happened", subject_kind="test", subject_id=uuid7()
        )


def written() -> list[str]:
    return sorted(Agency.objects.values_list("name", flat=True))


def test_handler_that_fails_half_way_leaves_nothing_and_is_tried_again_alone(broken: set[str]) -> None:
    broken.add("first")
    happen()
    run_pending(now=NOW)
    assert written() == ["second"]
    assert list(EventReceipt.objects.values_list("consumer", flat=True)) == ["second"]
    broken.clear()
    run_pending(now=NOW + timedelta(hours=1))
    assert written() == ["first", "second"]
    assert not Job.objects.exists()


def test_event_carried_twice_is_handled_once(broken: set[str]) -> None:
    event = happen()
    run_pending(now=NOW)
    dispatch(event_id=str(event.id), now=NOW)
    assert written() == ["first", "second"]


@pytest.mark.storm
def test_event_carried_by_four_workers_at_once_is_handled_once(broken: set[str]) -> None:
    event, errors = happen(), []

    def carry() -> None:
        try:
            dispatch(event_id=str(event.id), now=NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=carry) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (errors, written()) == ([], ["first", "second"])


def test_event_of_a_rolled_back_write_is_never_carried(broken: set[str]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        happen()
        raise RuntimeError
    assert run_pending(now=NOW) == 0
    assert written() == []

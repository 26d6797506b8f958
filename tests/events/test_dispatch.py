"""Carrying events to their handlers: each runs once and wholly, whatever fails, repeats or dies on the way (P5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests import factories

from admitone.accounts.models import Agency
from admitone.events import SYSTEM, Draft, Event, handlers, on, record, record_many
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


def drafts(count: int, account_id: UUID) -> list[Draft]:
    return [Draft(account_id, SYSTEM, NOW, "test.happened", "test", uuid7()) for _ in range(count)]


def test_events_recorded_together_are_told_by_few_jobs_in_their_order(broken: set[str]) -> None:
    broken.add("second")
    one, other = uuid7(), uuid7()
    with transaction.atomic():
        events = record_many([*drafts(10, one), *drafts(1, other)])
    jobs = Job.objects.order_by("id")
    told = [[job.args["event_id"], *job.args.get("more", [])] for job in jobs]
    assert [len(ids) for ids in told] == [8, 2, 1]
    assert [key for ids in told for key in ids] == [str(event.id) for event in events]
    assert [job.account_id for job in jobs] == [one, one, other]
    run_pending(now=NOW)
    assert written() == ["first"] * 11  # who fails keeps nobody from hearing


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

"""Busy sources: read in time, stored, and closed when they cannot be read (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event as Gate
from typing import Any
from uuid import UUID

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.queries import taken
from admitone.calendars import busy, services, tasks
from admitone.calendars.busy import Fetched, SourceError, Wanted
from admitone.calendars.models import BusyBlock, BusySource, Host
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
AT = to_min_floor(datetime(2026, 11, 3, 10, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Params:
    """`url`: any text but "bad"."""

    url: str = ""


class Scripted:
    """A source that says what the test tells it to; shipped with the tests, registered only here."""

    label = "Scripted"
    params = Params
    answer: Any = None
    gate: Gate | None = None
    asked: list[Wanted] = []

    def check(self, params: Params) -> Params:
        if params.url == "bad":
            raise ValueError("Not this one.")
        return params

    def fetch(self, params: Params, wanted: Wanted) -> Fetched:
        Scripted.asked.append(wanted)
        if Scripted.gate:
            Scripted.gate.wait(5)
        if isinstance(Scripted.answer, Exception):
            raise Scripted.answer
        return Scripted.answer


def unreadable(hosts: list[UUID], now: datetime, policy: str = "block", *, showing: bool = False) -> set[UUID]:
    """The hosts (one at a time) that the statement behind pages and bookings blocks throughout."""
    strict = now if policy == "block" else None
    found = taken(hosts, AT, AT + 1, now=strict, booking=not showing)
    return set(hosts) if any(block.kind == "unreadable" and block.start <= AT for block in found) else set()


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Scripted]]:
    monkeypatch.setitem(busy._sources, "scripted", Scripted())
    Scripted.answer, Scripted.gate, Scripted.asked = Fetched([(AT, AT + 60)], "v1"), None, []
    yield Scripted
    if Scripted.gate:
        Scripted.gate.set()


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def host(account: Account) -> Host:
    return factories.host(account)


def add(host: Host, account: Account, now: datetime, **values: Any) -> BusySource:
    values = {"kind": "scripted", "config": {"url": "https://x.example/secret"}, "name": "Work", **values}
    return services.add_busy_source(account=account, host_id=host.id, actor=SYSTEM, now=now, **values)


def blocks(source: BusySource) -> list[tuple[int, int]]:
    return list(source.blocks.order_by("start_min").values_list("start_min", "end_min"))


def kinds(source: BusySource) -> list[str]:
    return list(Event.objects.filter(subject_id=source.id).order_by("subject_seq").values_list("kind", flat=True))


def test_a_new_source_blocks_its_host_until_it_was_read(scripted, host, account, now) -> None:
    source = add(host, account, now)
    assert unreadable([host.id], now) == {host.id}
    run_pending(now=now)
    assert (blocks(source), unreadable([host.id], now)) == ([(AT, AT + 60)], set())


def test_its_address_is_stored_sealed(scripted, host, account, now) -> None:
    source = add(host, account, now)
    assert "secret" not in source.config_sealed
    assert busy.unsealed(source) == {"url": "https://x.example/secret"}


def test_bad_settings_and_unknown_kinds_are_refused(scripted, host, account, now) -> None:
    for values in ({"config": {"url": "bad"}}, {"kind": "nothing"}, {"config": {"url": "x", "more": "y"}}):
        with pytest.raises(Problem) as refused:
            add(host, account, now, **values)
        assert refused.value.code == "invalid"


def test_a_host_of_another_agency_is_not_found(scripted, account, now) -> None:
    with pytest.raises(Problem) as refused:
        add(factories.host(factories.account()), account, now)
    assert refused.value.code == "not_found"


def test_reading_again_replaces_the_blocks_and_not_modified_keeps_them(scripted, host, account, now) -> None:
    source = add(host, account, now)
    assert busy.refresh_source(source.id, now)
    scripted.answer = Fetched(None, "v1")
    assert busy.refresh_source(source.id, now + timedelta(minutes=5))
    assert (scripted.asked[-1].etag, blocks(source)) == ("v1", [(AT, AT + 60)])
    scripted.answer = Fetched([(AT + 5, AT + 6)], "v2")
    assert busy.refresh_source(source.id, now + timedelta(minutes=9))
    assert blocks(source) == [(AT + 5, AT + 6)]


@pytest.mark.parametrize("error", [SourceError("gone"), RuntimeError("a fault of the source")])
def test_a_failing_source_closes_after_five_minutes_and_keeps_its_blocks(scripted, host, account, now, error) -> None:
    source = add(host, account, now)
    busy.refresh_source(source.id, now)
    scripted.answer = error
    soon, later = now + timedelta(minutes=4), now + timedelta(minutes=6)
    assert busy.refresh_source(source.id, soon) is False
    assert unreadable([host.id], soon) == set()
    busy.refresh_source(source.id, later)
    assert unreadable([host.id], later) == {host.id}
    assert unreadable([host.id], later, "allow") == set()
    assert blocks(source) == [(AT, AT + 60)]


def test_an_outage_is_told_once_and_its_end_too(scripted, host, account, now) -> None:
    source = add(host, account, now)
    scripted.answer = SourceError("gone")
    for minute in (0, 1, 2):
        busy.refresh_source(source.id, now + timedelta(minutes=minute))
    scripted.answer = Fetched([], "")
    busy.refresh_source(source.id, now + timedelta(minutes=3))
    assert kinds(source) == ["busy_source.created", "busy_source.failed", "busy_source.recovered"]


def test_before_a_booking_only_stale_sources_are_read(scripted, host, account, now, django_assert_num_queries) -> None:
    source = add(host, account, now)
    busy.refresh_stale(host_ids=[host.id], now=now)
    assert blocks(source) == [(AT, AT + 60)]
    with django_assert_num_queries(1):
        busy.refresh_stale(host_ids=[host.id], now=now + timedelta(minutes=5))
    busy.refresh_stale(host_ids=[str(host.id)], now=now + timedelta(minutes=5, seconds=1))
    assert len(scripted.asked) == 2


def test_a_source_that_has_just_failed_is_not_asked_by_every_booking(scripted, host, account, now) -> None:
    add(host, account, now)
    scripted.answer = SourceError("gone")
    for second in (0, 5, 14, 15):
        busy.refresh_stale(host_ids=[host.id], now=now + timedelta(seconds=second))
    assert len(scripted.asked) == 2


def test_a_source_that_hangs_holds_a_booking_no_longer_than_the_limit(
    scripted, host, account, now, monkeypatch
) -> None:
    monkeypatch.setattr(busy, "TIME_LIMIT", 0.2)
    scripted.gate = Gate()
    source = add(host, account, now)
    busy.refresh_stale(host_ids=[host.id], now=now)
    source.refresh_from_db()
    assert (source.error, unreadable([host.id], now)) == ("It could not be read in time.", {host.id})


def test_a_page_keeps_showing_times_of_an_old_source_that_did_not_fail(scripted, host, account, now) -> None:
    source = add(host, account, now)
    busy.refresh_source(source.id, now)
    later = now + timedelta(hours=1)
    assert unreadable([host.id], later, showing=True) == set()
    scripted.answer = SourceError("gone")
    busy.refresh_source(source.id, later)
    assert unreadable([host.id], later, showing=True) == {host.id}


def test_a_source_of_another_sub_account_blocks_the_same_host(scripted, host, account, now) -> None:
    other = factories.account(agency=account.agency)
    factories.calendar(account, host=host)
    with pytest.raises(Problem):
        add(host, other, now)
    factories.calendar(other, host=host)
    add(host, other, now)
    assert unreadable([host.id], now) == {host.id}


def test_a_changed_address_is_read_anew_and_an_answer_for_the_old_one_is_dropped(scripted, host, account, now) -> None:
    source = add(host, account, now)
    busy.refresh_source(source.id, now)
    old = BusySource.objects.get(id=source.id)
    services.change_busy_source(account=account, source_id=source.id, actor=SYSTEM, now=now, config={"url": "other"})
    assert busy._store(old, Fetched([(1, 2)], ""), now) is False
    assert unreadable([host.id], now) == {host.id}
    assert kinds(source)[-1] == "busy_source.changed"


def test_deleting_a_source_frees_what_it_blocked(scripted, host, account, now) -> None:
    source = add(host, account, now)
    busy.refresh_source(source.id, now)
    services.delete_busy_source(account=account, source_id=source.id, actor=SYSTEM, now=now)
    assert (BusyBlock.objects.count(), kinds(source)[-1]) == (0, "busy_source.deleted")


def test_another_accounts_source_is_not_found(scripted, host, account, now) -> None:
    source = add(host, account, now)
    with pytest.raises(Problem) as refused:
        services.delete_busy_source(account=factories.account(), source_id=source.id, actor=SYSTEM, now=now)
    assert refused.value.code == "not_found"


def test_the_background_reads_each_source_again_within_five_minutes(scripted, host, account, now) -> None:
    source = add(host, account, now)
    run_pending(now=now)
    for minute in range(1, 5):
        tasks.refresh_busy_sources(now=now + timedelta(minutes=minute))
    run_pending(now=now + timedelta(minutes=4, seconds=59))
    assert len(scripted.asked) == 2
    source.refresh_from_db()
    assert source.error == ""


@pytest.mark.parametrize("count", [1, 100])
def test_the_number_of_statements_does_not_grow_with_blocks(
    scripted, host, account, now, django_assert_num_queries, count
) -> None:
    source = add(host, account, now)
    scripted.answer = Fetched([(AT + n * 60, AT + n * 60 + 30) for n in range(count)], "")
    # The source, then in one transaction (two for its savepoint): its row, out with the old, in with the new, its state.
    with django_assert_num_queries(7):
        busy.refresh_source(source.id, now)
    assert len(blocks(source)) == count

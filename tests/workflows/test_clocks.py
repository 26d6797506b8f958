"""Schedules and date reminders: on the account's clock, each moment once, made up for within a day."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from tests import factories
from tests.workflows.conftest import NOW

from admitone.accounts.services import update_account
from admitone.contacts.services import set_custom
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending
from admitone.logic.errors import Problem
from admitone.workflows import clocks
from admitone.workflows.models import Clockwork, Enrollment
from admitone.workflows.services import delete_workflow, pause, publish, resume

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEN = NOW + timedelta(hours=1)  # 11:00 in Berlin
STEPS = [{"name": "pause", "type": "wait.for", "params": {"days": 100}}]
DO = {"actor": SYSTEM}


def on(kind: str, **filters) -> list[dict]:
    return [{"type": kind, "filters": filters}]


def tick(now: datetime) -> None:
    clocks.strike_due(now=now)
    run_pending(now=now)


def entered() -> list:
    return list(Enrollment.objects.order_by("id").values_list("contact_id", flat=True))


def next_at() -> list[datetime]:
    return list(Clockwork.objects.order_by("place").values_list("next_at", flat=True))


def test_schedule_enters_once_a_day_at_its_local_time(published):
    published(STEPS, on("schedule", at="11:00"))
    assert next_at() == [TEN]
    tick(TEN - timedelta(seconds=1))
    assert entered() == []
    tick(TEN)
    tick(TEN + timedelta(minutes=1))
    assert (entered(), next_at()) == ([None], [TEN + DAY])
    tick(TEN + DAY)
    assert entered() == [None, None]


def test_local_time_stays_when_the_clocks_change(published):
    """Berlin leaves summer time on 25 October 2026."""
    made = published(STEPS, on("schedule", at="09:00"))
    clocks.stop(made)
    clocks.wind(made, made.versions.get().document, datetime(2026, 10, 24, 6, tzinfo=UTC))
    assert next_at() == [datetime(2026, 10, 24, 7, tzinfo=UTC)]
    tick(datetime(2026, 10, 24, 7, tzinfo=UTC))
    assert next_at() == [datetime(2026, 10, 25, 8, tzinfo=UTC)]


def test_every_contact_and_those_with_a_tag(published, account, contact):
    vip = factories.tag(factories.contact(account), "VIP")
    factories.contact(account, erased_at=NOW)
    factories.contact(factories.account())
    everyone = published(STEPS, on("schedule", at="11:00", contacts="all"))
    tagged = published(STEPS, on("schedule", at="11:00", contacts="tagged", tag=str(vip.id)))
    tick(TEN)
    assert Enrollment.objects.filter(workflow=everyone).count() == 2
    assert Enrollment.objects.get(workflow=tagged).contact.contact_tags.get().tag == vip


def test_many_contacts_enter_in_batches_and_each_once(published, account, monkeypatch):
    monkeypatch.setattr(clocks, "BATCH", 3)
    people = [factories.contact(account).id for _ in range(8)]
    published(STEPS, on("schedule", at="11:00", contacts="all"))
    clocks.strike_due(now=TEN)
    event = Event.objects.get(kind="clock.struck")
    assert clocks.enter_batch(event, "schedule", {"contacts": "all"}, None, TEN) == people[2]
    run_pending(now=TEN)
    assert entered() == people


@pytest.mark.parametrize(("late", "times"), [(timedelta(hours=23), 1), (3 * DAY + timedelta(hours=2), 1)])
def test_missed_moments_are_made_up_for_once(published, late, times, caplog):
    published(STEPS, on("schedule", at="11:00"))
    with caplog.at_level(logging.WARNING):
        tick(TEN + late)
    assert len(entered()) == times
    assert bool(caplog.records) == (late > DAY)
    assert next_at()[0] > TEN + late


def test_moment_of_more_than_a_day_ago_is_skipped_and_logged(published, caplog):
    published(STEPS, on("schedule", every="week", weekday="monday", at="11:00"))
    with caplog.at_level(logging.WARNING):
        tick(TEN + 2 * DAY)
    assert (entered(), next_at()) == ([], [TEN + 7 * DAY])
    assert "were missed" in caplog.text


def test_pause_and_deletion_stop_the_clock_and_resuming_makes_up_for_nothing(published, account):
    made = published(STEPS, on("schedule", at="11:00"))
    who = {"account": account, "workflow_id": made.id, **DO}
    pause(**who, now=NOW)
    assert next_at() == []
    tick(TEN)
    resume(**who, now=TEN + timedelta(hours=1))
    assert (entered(), next_at()) == ([], [TEN + DAY])
    delete_workflow(**who, now=TEN)
    assert next_at() == []


def test_publishing_again_keeps_what_is_due(published, account):
    made = published(STEPS, on("schedule", at="11:00"))
    publish(account=account, workflow_id=made.id, now=TEN + timedelta(minutes=1), **DO)
    assert next_at() == [TEN]
    publish(account=account, workflow_id=made.id, now=NOW, **DO)
    assert next_at() == [TEN]


def test_batch_of_a_workflow_that_was_paused_meanwhile_enters_nobody(published, account, contact):
    made = published(STEPS, on("schedule", at="11:00", contacts="all"))
    clocks.strike_due(now=TEN)
    pause(account=account, workflow_id=made.id, now=TEN, **DO)
    run_pending(now=TEN)
    assert entered() == []


def test_another_time_zone_of_the_account_moves_the_next_moment(published, account):
    published(STEPS, on("schedule", at="11:00"))
    update_account(account=account, now=NOW, timezone="America/New_York", **DO)
    run_pending(now=NOW)
    assert next_at() == [datetime(2026, 11, 2, 16, tzinfo=UTC)]


@pytest.fixture
def field(account):
    return factories.custom_field(account, label="Birthday", kind="date", key="birthday")


def born(account, day: str):
    one = factories.contact(account)
    set_custom(account=account, contact_id=one.id, values={"birthday": day}, now=NOW, **DO)
    return one.id


@pytest.mark.parametrize(
    ("filters", "days"),
    [
        ({}, ["2026-11-02"]),
        ({"when": "before", "days": 7}, ["2026-11-09"]),
        ({"when": "after", "days": 2}, ["2026-10-31"]),
        ({"yearly": True}, ["1990-11-02", "2026-11-02"]),
        ({"when": "before", "days": 60, "yearly": True}, ["1988-01-01"]),
    ],
)
def test_date_reminder_enters_whose_day_it_is(published, account, field, filters, days):
    others = ["2026-11-01", "2026-11-03", "2025-11-02", "1990-11-12"]
    wanted = [born(account, day) for day in days]
    for day in others:
        born(account, day)
    factories.contact(account)
    published(STEPS, on("date.reminder", field="birthday", at="11:00", **filters))
    run_pending(now=NOW)
    expected = [*wanted, *others_of(filters, account)]
    tick(TEN)
    assert sorted(map(str, entered())) == sorted(map(str, expected))


def others_of(filters: dict, account) -> list:
    """Those of the others whose anniversary it is too."""
    if not filters.get("yearly") or filters.get("when"):
        return []
    return [one.id for one in account.contacts.all() if one.custom.get("birthday") == "2025-11-02"]


@pytest.mark.parametrize(("year", "count"), [(2027, 2), (2028, 1)])
def test_leap_day_is_kept_on_the_28th_in_other_years(published, account, field, year, count):
    born(account, "1992-02-29")
    born(account, "1992-02-28")
    made = published(STEPS, on("date.reminder", field="birthday", yearly=True, at="09:00"))
    clocks.stop(made)
    moment = datetime(year, 2, 28, 8, tzinfo=UTC)
    clocks.wind(made, made.versions.get().document, moment - timedelta(minutes=1))
    tick(moment)
    assert len(entered()) == count


@pytest.mark.parametrize(
    ("kind", "filters", "name"),
    [
        ("schedule", {"at": "25:00"}, "at"),
        ("schedule", {"at": "24:00"}, "at"),
        ("schedule", {"timezone": "Mars/Base"}, "timezone"),
        ("schedule", {"every": "month", "day": 32}, "day"),
        ("schedule", {"contacts": "tagged"}, "tag"),
        ("schedule", {"every": "minute"}, "every"),
        ("date.reminder", {}, "field"),
        ("date.reminder", {"field": "nothing"}, "field"),
        ("date.reminder", {"field": "birthday", "days": 400}, "days"),
    ],
)
def test_what_has_no_moment_is_refused(published, field, kind, filters, name):
    with pytest.raises(Problem) as caught:
        published(STEPS, on(kind, **filters))
    assert [key for key in caught.value.fields if key != f"triggers.0.{name}"] == []

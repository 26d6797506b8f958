"""Creating a calendar, its plan, and the two reads behind public pages."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests import factories

from admitone.calendars import queries, services
from admitone.calendars.models import Calendar, Hours
from admitone.calendars.plans import compile_plan
from admitone.events import Actor
from admitone.events.models import Event
from admitone.logic.availability import Schedule, Window
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db


def make(now: datetime, **fields: object) -> Calendar:
    account = fields.pop("account", None) or factories.account()
    user = factories.owner(account)  # type: ignore[arg-type]
    values = {"account": account, "actor": Actor.user(user.id), "now": now, "name": "First visit", **fields}
    return services.create_calendar(**values)  # type: ignore[arg-type]


def test_a_new_calendar_has_sensible_defaults_and_a_compiled_plan(now: datetime) -> None:
    calendar = make(now, duration=45)
    plan = queries.plan_by_id(calendar.id)
    assert plan == compile_plan(calendar)
    assert (plan.name, plan.slug, plan.version, plan.rules.duration, plan.rules.interval) == (
        "First visit",
        "first-visit",
        1,
        45,
        45,
    )
    assert plan.schedule == Schedule("Europe/Berlin", (Window((0, 1, 2, 3, 4), 540, 1020),))
    assert [host.user_id for host in plan.hosts] == [str(calendar.calendar_hosts.get().host.user_id)]


def test_creating_records_one_event_without_personal_data(now: datetime) -> None:
    calendar = make(now)
    event = Event.objects.get(subject_id=calendar.id)
    assert (event.kind, event.facts) == ("calendar.created", {"calendar": str(calendar.id)})


def test_a_second_calendar_of_the_same_name_gets_another_slug(now: datetime) -> None:
    first = make(now)
    second = make(now, account=first.account)
    assert (first.slug, second.slug) == ("first-visit", "first-visit-2")


def test_a_name_without_latin_letters_still_makes_a_slug(now: datetime) -> None:
    assert make(now, name="診察").slug == "calendar"


def test_a_refused_field_leaves_nothing_behind(now: datetime) -> None:
    with pytest.raises(Problem) as refused:
        make(now, duration=0, notice=-1, colour="red")
    assert refused.value.fields == {
        "notice": "Enter a whole number from 0 to 527040.",
        "colour": "There is no such field.",
        "interval": "Enter a whole number from 1 to 1440.",
        "duration": "Enter a whole number from 1 to 1440.",
    }
    assert (Calendar.objects.count(), Hours.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_public_reads_take_one_statement_each(now: datetime, django_assert_num_queries) -> None:
    calendar = make(now)
    with django_assert_num_queries(1):
        by_slug = queries.by_slug(calendar.account.slug, "first-visit")
    with django_assert_num_queries(1):
        assert queries.plan_by_id(calendar.id) == by_slug
    with django_assert_num_queries(1):
        assert queries.by_slug(calendar.account.slug, "nothing") is None


def test_another_accounts_slug_is_nothing(now: datetime) -> None:
    calendar = make(now)
    assert queries.by_slug(factories.account().slug, calendar.slug) is None


def test_a_deleted_calendar_has_no_plan_until_restored(now: datetime) -> None:
    calendar = make(now)
    where = {"account": calendar.account, "calendar_id": calendar.id, "actor": Actor("system"), "now": now}
    services.delete_calendar(**where)
    assert (queries.plan_by_id(calendar.id), queries.by_slug(calendar.account.slug, calendar.slug)) == (None, None)
    services.restore_calendar(**where)
    assert queries.plan_by_id(calendar.id).version == 2


def test_a_calendar_for_one_time_links_answers_like_unknown_by_slug(now: datetime) -> None:
    calendar = make(now, access="one_time")
    assert queries.by_slug(calendar.account.slug, calendar.slug) is None
    assert queries.plan_by_id(calendar.id).access == "one_time"

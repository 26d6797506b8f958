"""A link that is about to expire is told of once per lead time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories

from admitone.events import Event
from admitone.links.services import tell_expiring

pytestmark = pytest.mark.django_db
NOW = factories.NOW
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def calendar():
    return factories.calendar(factories.account())


def tell(calendar, hours: int, now) -> int:
    return tell_expiring(account_id=calendar.account_id, hours=hours, now=now)


def test_link_is_told_of_once_per_lead_time(calendar):
    link = factories.link(calendar, expires_at=NOW + 3 * DAY)
    assert tell(calendar, 24, NOW + 2 * DAY - timedelta(seconds=1)) == 0
    assert tell(calendar, 24, NOW + 2 * DAY) == 1
    assert tell(calendar, 24, NOW + 2 * DAY + HOUR) == 0
    assert tell(calendar, 2, NOW + 3 * DAY - 2 * HOUR) == 1
    events = Event.objects.filter(kind="one_time_link.expiring").order_by("id")
    assert [(event.subject_id, event.facts["hours"]) for event in events] == [(link.id, 24), (link.id, 2)]


@pytest.mark.parametrize(
    "fields",
    [
        {"uses": 1},
        {"deleted_at": NOW},
        {"expires_at": None},
        {"expires_at": NOW + DAY - HOUR, "created_at": NOW},
        {"expires_at": NOW},
    ],
    ids=["used", "deleted", "without expiry", "shorter than the lead", "expired"],
)
def test_other_links_are_left_out(calendar, fields):
    factories.link(calendar, **{"expires_at": NOW + DAY, "created_at": NOW - DAY, **fields})
    assert tell(calendar, 24, NOW) == 0


def test_link_of_another_account_is_left_out(calendar):
    factories.link(factories.calendar(factories.account()), expires_at=NOW + DAY, created_at=NOW - DAY)
    assert tell(calendar, 24, NOW) == 0


@pytest.mark.parametrize(("late", "count"), [(HOUR, 1), (23 * HOUR, 1), (25 * HOUR, 0)])
def test_missed_notice_is_given_within_a_day(calendar, late, count):
    factories.link(calendar, expires_at=NOW + 3 * DAY, created_at=NOW - DAY)
    assert tell(calendar, 72, NOW + late) == count

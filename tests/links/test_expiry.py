"""one_time_link.expired is recorded once per link, for links that could still have been used."""

from datetime import timedelta

import pytest
from tests import factories

from admitone.events import Event
from admitone.links.tasks import expire

pytestmark = pytest.mark.django_db
NOW = factories.NOW
HOUR = timedelta(hours=1)


def test_expiry_is_told_once_and_only_of_unused_links():
    calendar = factories.calendar(factories.account())
    gone = factories.link(calendar, expires_at=NOW)
    factories.link(calendar, expires_at=NOW, uses=1)
    factories.link(calendar, expires_at=NOW, deleted_at=NOW - HOUR)
    factories.link(calendar, expires_at=NOW + HOUR)
    factories.link(calendar)
    for _ in range(2):
        expire.func(now=NOW)
    assert list(Event.objects.filter(kind="one_time_link.expired").values_list("subject_id", flat=True)) == [gone.id]


def test_ticks_without_expired_links_write_nothing(django_assert_num_queries):
    factories.link(factories.calendar(factories.account()), expires_at=NOW + HOUR)
    expire.func(now=NOW)
    assert Event.objects.filter(kind="one_time_link.expired").count() == 0

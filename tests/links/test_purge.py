"""Deleted links go after 30 days, used ones never."""

from datetime import timedelta

import pytest
from tests import factories

from admitone.links.models import OneTimeLink
from admitone.links.tasks import purge

pytestmark = pytest.mark.django_db
OLD = factories.NOW - timedelta(days=31)


def test_purge_removes_only_unused_links_deleted_long_ago():
    calendar = factories.calendar(factories.account())
    factories.link(calendar, label="gone", deleted_at=OLD)
    factories.link(calendar, label="fresh", deleted_at=factories.NOW)
    factories.link(calendar, label="used", deleted_at=OLD, uses=1)
    factories.link(calendar, label="open")
    purge.func(now=factories.NOW)
    assert sorted(OneTimeLink.objects.values_list("label", flat=True)) == ["fresh", "open", "used"]

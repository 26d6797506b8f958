"""What was deleted goes after 30 days, what has a history never."""

from datetime import timedelta

import pytest
from tests import factories

from admitone.calendars.models import Calendar, CalendarGroup
from admitone.events.models import Event
from admitone.links.models import Batch, OneTimeLink
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


def old(row: Calendar | CalendarGroup) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(deleted_at=OLD)


def test_purge_removes_a_calendar_deleted_long_ago_with_its_unused_links_and_batches():
    calendar, batched, other = (factories.calendar(account) for account in [factories.account()] * 3)
    old(calendar)
    old(batched)
    factories.link(calendar)
    factories.link(batched)
    Batch.objects.create(
        account=batched.account, calendar=batched, kind="count", total=1, actor_kind="system", created_at=factories.NOW
    )
    purge.func(now=factories.NOW)
    assert list(Calendar.objects.all()) == [other]
    assert (OneTimeLink.objects.count(), Batch.objects.count()) == (0, 0)
    purged = Event.objects.filter(kind="calendar.purged").values_list("subject_id", "facts")
    assert sorted(purged) == sorted((one.id, {"calendar": str(one.id)}) for one in (calendar, batched))


def test_purge_leaves_calendars_with_a_history_and_those_deleted_lately():
    account = factories.account()
    booked, used, lately, alive = (factories.calendar(account) for _ in range(4))
    old(booked)
    old(used)
    factories.link(used, uses=1)
    Calendar.objects.filter(id=lately.id).update(deleted_at=factories.NOW - timedelta(days=29))
    Calendar.objects.filter(id=booked.id).update(deleted_at=None)
    appointment = factories.booking(booked)
    old(booked)
    purge.func(now=factories.NOW)
    assert set(Calendar.objects.all()) == {booked, used, lately, alive}
    appointment.refresh_from_db()
    assert appointment.calendar.name == booked.name


def test_purge_removes_a_group_deleted_long_ago_and_leaves_its_calendars():
    account = factories.account()
    gone, kept = factories.group(account, slug="gone"), factories.group(account, slug="kept")
    calendars = set(Calendar.objects.all())
    old(gone)
    old(kept)
    for group, uses in ((gone, 0), (kept, 1)):
        OneTimeLink.objects.create(account=account, group=group, uses=uses, created_at=factories.NOW)
    purge.func(now=factories.NOW)
    assert list(CalendarGroup.objects.all()) == [kept]
    assert set(Calendar.objects.all()) == calendars
    assert [one.group_id for one in OneTimeLink.objects.all()] == [kept.id]
    assert Event.objects.get(kind="calendar_group.purged").facts == {"group": str(gone.id)}

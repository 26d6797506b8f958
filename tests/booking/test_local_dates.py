"""Days are counted on the clock of the schedule, also after its zone has changed."""

from datetime import UTC, date, datetime

import pytest
from tests import factories

from admitone.booking import tasks
from admitone.booking.queries import day_counts
from admitone.calendars.services import choose_schedule, create_schedule, set_timezone
from admitone.events.actor import SYSTEM
from admitone.forms.models import Form
from admitone.jobs import run_pending

pytestmark = pytest.mark.django_db
NOW = factories.NOW
LATE = datetime(2026, 11, 3, 22, 30, tzinfo=UTC)  # the 4th in Kyiv, the 3rd in Berlin
MONTH = (date(2026, 11, 1), date(2026, 11, 30))


def test_another_zone_of_the_schedule_dates_its_appointments_anew(monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    account = factories.account()
    calendar, other = factories.calendar(account), factories.calendar(account)
    for minute in (0, 30):
        factories.booking(calendar, LATE.replace(minute=minute))
    factories.booking(calendar, LATE.replace(hour=8))
    factories.booking(other, LATE)
    assert day_counts(calendar.id, *MONTH) == {date(2026, 11, 3): 3}
    set_timezone(account=account, calendar_id=calendar.id, timezone="Europe/Kyiv", actor=SYSTEM, now=NOW)
    run_pending(now=NOW)
    assert day_counts(calendar.id, *MONTH) == {date(2026, 11, 3): 1, date(2026, 11, 4): 2}
    assert day_counts(other.id, *MONTH) == {date(2026, 11, 3): 1}


def test_another_schedule_in_another_zone_dates_them_anew():
    account = factories.account()
    calendar = factories.calendar(account)
    factories.booking(calendar, LATE)
    schedule = create_schedule(account=account, name="East", timezone="Europe/Kyiv", actor=SYSTEM, now=NOW)
    choose_schedule(account=account, calendar_id=calendar.id, schedule_id=schedule.id, actor=SYSTEM, now=NOW)
    run_pending(now=NOW)
    assert day_counts(calendar.id, *MONTH) == {date(2026, 11, 4): 1}


def test_forms_deleted_long_ago_go_unless_something_was_sent_or_is_explained_by_them():
    account = factories.account()
    gone, sent, asked, lately, there = (factories.form(account) for _ in range(5))
    factories.submission(sent)
    booking = factories.booking(factories.calendar(account))
    type(booking).objects.filter(id=booking.id).update(form_id=asked.id)
    old = Form.objects.filter(id__in=[gone.id, sent.id, asked.id])
    old.update(deleted_at=NOW - 31 * (LATE - LATE.replace(day=2)))
    Form.objects.filter(id=lately.id).update(deleted_at=NOW)
    tasks.purge_old_forms.func(now=NOW)
    assert set(Form.objects.all()) == {sent, asked, lately, there}

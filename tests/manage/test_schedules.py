"""Schedules in Settings and on a calendar's Hours; blocked time of hosts and calendars."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars import access, services
from admitone.calendars.models import BlockedTime, Schedule
from admitone.events import SYSTEM
from admitone.logic.availability import week_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(freeze) -> Account:
    return factories.account(timezone="UTC")


@pytest.fixture
def web(account: Account) -> Client:
    client = Client()
    client.force_login(factories.owner(account))
    return client


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return services.create_schedule(account=account, actor=SYSTEM, now=factories.NOW, name="Practice")


def app(account: Account, rest: str) -> str:
    return f"/app/{account.slug}/{rest}"


def test_a_schedule_is_made_named_copied_and_deleted(web, account) -> None:
    made = web.post(app(account, "settings/schedules/"), {"name": "Summer"})
    web.post(made["Location"] + "name/", {"name": "Summer hours"})
    copy = web.post(made["Location"] + "copy/")
    assert [one.name for one in Schedule.objects.order_by("created_at", "id")] == [
        "Summer hours",
        "Copy of Summer hours",
    ]
    web.post(copy["Location"] + "removal/")
    page = web.get(app(account, "settings/schedules/")).content.decode()
    assert (Schedule.objects.count(), page.count("Summer hours")) == (1, 1)


def test_a_week_of_every_other_week_is_saved_and_shown_again(web, account, schedule) -> None:
    url = app(account, f"settings/schedules/{schedule.id}/")
    phase = str(week_number(date(2026, 11, 9).toordinal()) % 2)
    typed = {"start-0": ["9", "14"], "end-0": ["12", "16"], "phase-0": ["", phase], "timezone": "UTC", "do": "save"}
    assert web.post(url, typed).status_code == 302
    assert sorted(schedule.hours.values_list("start", "end", "every", "phase")) == [
        (540, 720, 1, 0),
        (840, 960, 2, int(phase)),
    ]
    assert web.get(url).content.decode().count(f'<option value="{phase}" selected>') == 1


def test_a_calendar_opens_by_a_chosen_schedule_and_tells_who_shares_it(web, account, calendar, schedule) -> None:
    other = factories.calendar(account, name="Check-up")
    for one in (calendar, other):
        web.post(app(account, f"calendars/{one.id}/schedule/"), {"schedule": schedule.id})
    page = web.get(app(account, f"calendars/{calendar.id}/hours/")).content.decode()
    assert "What you change here changes these calendars, too:" in page
    assert "<li>Check-up</li>" in page
    answer = web.post(app(account, f"settings/schedules/{schedule.id}/removal/"), follow=True)
    assert "A calendar opens by this schedule." in answer.content.decode()


def test_who_manages_one_calendar_cannot_change_what_another_shares(account, calendar, schedule) -> None:
    other = factories.calendar(account)
    for one in (calendar, other):
        services.choose_schedule(
            account=account, calendar_id=one.id, schedule_id=schedule.id, actor=SYSTEM, now=factories.NOW
        )
    member, client = factories.member(account, "member"), Client()
    client.force_login(member)
    who = {"account": account, "user_id": member.id, "actor": SYSTEM, "now": factories.NOW}
    access.set_access(**who, levels={calendar.id: "manage"})
    hours = app(account, f"calendars/{calendar.id}/hours/")
    assert (client.get(hours).status_code, client.post(hours, {"do": "save"}).status_code) == (200, 403)
    assert client.get(app(account, f"settings/schedules/{schedule.id}/")).status_code == 403
    access.set_access(**who, levels={calendar.id: "manage", other.id: "manage"})
    assert client.get(app(account, f"settings/schedules/{schedule.id}/")).status_code == 200


def test_holidays_are_chosen_listed_and_opened(web, account, schedule) -> None:
    url = app(account, f"settings/schedules/{schedule.id}/")
    web.post(url + "holidays/", {"country": "DE"})
    web.post(url + "holidays/", {"country": "DE", "subdivision": "BY"})
    page = web.get(url).content.decode()
    assert '<option value="BY" selected>Bayern</option>' in page
    web.post(url + "holidays/2026-12-25/opening/", {"open": "1"})
    assert [row.date for row in schedule.holidays.filter(open=True)] == [date(2026, 12, 25)]
    web.post(url + "holidays/", {"country": "FR", "subdivision": "BY"})
    schedule.refresh_from_db()
    assert (schedule.holiday_country, schedule.holiday_subdivision) == ("FR", "")


def test_time_is_blocked_explained_and_freed(web, account, calendar) -> None:
    typed = {
        "start_date": "2026-11-04",
        "start_time": "10",
        "end_date": "2026-11-04",
        "end_time": "11",
        "note": "Dentist",
    }
    host = calendar.calendar_hosts.get().host
    web.post(app(account, f"calendars/{calendar.id}/blocks/"), {**typed, "whose": "calendar"})
    web.post(app(account, "settings/busy/blocks/"), {**typed, "whose": str(host.id), "note": "School"})
    page = web.get(app(account, f"calendars/{calendar.id}/blocks/")).content.decode()
    assert (page.count("Dentist"), page.count("School")) == (1, 1)
    why = web.get(app(account, f"calendars/{calendar.id}/why/?date=2026-11-04&time=10:00")).content.decode()
    assert "Blocked: " in why
    for block in BlockedTime.objects.all():
        web.post(app(account, f"calendars/{calendar.id}/blocks/{block.id}/removal/"))
    assert BlockedTime.objects.count() == 0


def test_a_bad_block_is_told_at_its_field(web, account, calendar) -> None:
    typed = {"start_date": "2026-11-04", "start_time": "10", "end_date": "2026-11-04", "end_time": "nine"}
    answer = web.post(app(account, f"calendars/{calendar.id}/blocks/"), {**typed, "whose": "calendar"})
    assert (answer.status_code, "Enter a time like 09:00" in answer.content.decode()) == (422, True)


def test_rules_by_the_clock_the_week_and_working_days_are_saved(web, account, calendar) -> None:
    url = app(account, f"calendars/{calendar.id}/rules/")
    form = web.get(url).context["form"]
    values = {name: "" if value is None else value for name, value in form.initial.items() if value is not False}
    rules = {"cutoff_days": "1", "cutoff_at": "18:00", "per_week_limit": "5", "range_kind": "working"}
    assert web.post(url, {**values, **rules}).status_code == 302
    calendar.refresh_from_db()
    plan = calendar.compiled.rules
    assert (plan.cutoff_days, plan.cutoff_at, plan.per_week_limit, plan.range_kind) == (1, 1080, 5, "working")
    assert "Enter a time like" in web.post(url, {**values, "cutoff_at": "noonish"}).content.decode()

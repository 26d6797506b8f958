"""Why is this time missing, and mend it: every reason names what causes it, and its button does away with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from tests import factories

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import Account
from admitone.calendars.models import BlockedTime, BusyBlock, BusySource, Calendar, CalendarAccess
from admitone.calendars.services import (
    block_time,
    choose_schedule,
    set_active,
    set_holidays,
    set_override,
    update_calendar,
)
from admitone.events import SYSTEM
from admitone.links.services import revoke
from admitone.logic.clock import to_min_floor
from admitone.manage.calendars.reasons import Mend, Why

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
TEN = datetime(2026, 11, 3, 9, tzinfo=UTC)  # Tuesday, 10:00 in Berlin
AT = to_min_floor(TEN)
ASKED = {"date": "2026-11-03", "time": "10:00"}


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic")


def url(calendar: Calendar, page: str = "why/") -> str:
    return f"/app/{calendar.account.slug}/calendars/{calendar.id}/{page}"


def why(web: Client, calendar: Calendar, **asked: Any) -> list[Why]:
    answer = web.get(url(calendar), ASKED | asked)
    assert answer.status_code == 200
    return list(answer.context["reasons"])


def mended(web: Client, calendar: Calendar, mend: Mend, **asked: Any) -> list[str]:
    """Press the button; the codes that are left."""
    data = {"do": mend.act, "id": mend.id, **ASKED, **asked}
    answer = web.post(url(calendar, "why/mend/"), data)
    assert answer.status_code == 302
    assert answer["Location"].startswith(url(calendar) + "?date=2026-")
    return [one.code for one in why(web, calendar, **asked)]


def button(reason: Why) -> Mend:
    return next(mend for mend in reason.mends if mend.act)


def change(calendar: Calendar, **fields: Any) -> None:
    update_calendar(account=calendar.account, calendar_id=calendar.id, **DO, **fields)


def test_paused_calendar_is_resumed(web: Client, calendar: Calendar) -> None:
    set_active(account=calendar.account, calendar_id=calendar.id, active=False, **DO)
    [paused] = why(web, calendar)
    assert (paused.code, mended(web, calendar, button(paused))) == ("PAUSED", [])


def test_blocked_time_of_host_or_calendar_is_freed(web: Client, account: Account, calendar: Calendar) -> None:
    host = calendar.calendar_hosts.get().host_id
    block_time(account=account, host_id=host, start=AT, end=AT + 60, note="Dentist", **DO)
    [reason] = why(web, calendar)
    assert (reason.code, reason.text) == ("BUSY", "Blocked: Dentist")
    assert mended(web, calendar, button(reason)) == []
    block_time(account=account, calendar_id=calendar.id, start=AT, end=AT + 60, **DO)
    assert mended(web, calendar, button(why(web, calendar)[0])) == []
    assert BlockedTime.objects.count() == 0


def test_busy_calendar_is_named_and_read_again(web: Client, account: Account, calendar: Calendar) -> None:
    host = calendar.calendar_hosts.get().host
    source = BusySource.objects.create(
        account=account, host=host, kind="ics", name="Work", config_sealed="x", fetched_at=NOW, created_at=NOW
    )
    BusyBlock.objects.create(source=source, host=host, start_min=AT, end_min=AT + 30)
    [reason] = why(web, calendar)
    assert reason.text.endswith("(Work).")
    assert [mend.label for mend in reason.mends] == ["Read Work again", "Look at the busy calendars"]
    assert mended(web, calendar, button(reason)) == ["BUSY"]
    source.refresh_from_db()
    assert source.error != ""
    BusySource.objects.update(fetched_at=NOW - timedelta(hours=1))
    unreadable = why(web, calendar)[0]
    assert (unreadable.mends[0].act, unreadable.mends[0].id) == ("reread", str(source.id))


def test_date_with_its_own_hours_gets_the_weekly_ones_again(web: Client, calendar: Calendar) -> None:
    set_override(account=calendar.account, calendar_id=calendar.id, date=date(2026, 11, 3), **DO)
    [reason] = why(web, calendar)
    assert (reason.code, mended(web, calendar, button(reason))) == ("OVERRIDE", [])


def test_public_holiday_is_opened(web: Client, calendar: Calendar) -> None:
    set_holidays(account=calendar.account, schedule_id=calendar.schedule_id, country="DE", **DO)
    [reason] = why(web, calendar, date="2026-12-25")
    assert (reason.code, reason.text.startswith("It is a public holiday: ")) == ("OVERRIDE", True)
    assert mended(web, calendar, button(reason), date="2026-12-25") == []


def test_closed_hours_lead_to_the_date_filled_in_with_the_time(web: Client, calendar: Calendar) -> None:
    [reason] = why(web, calendar, time="19:00")
    assert (reason.code, reason.mends[0].label) == ("HOURS", "Open this date")
    assert "date=2026-11-03&windows=19%3A00-19%3A30#overrides" in reason.mends[0].url
    page = web.get(reason.mends[0].url.split("#")[0]).content.decode()
    assert ['value="2026-11-03"' in page, 'value="19:00-19:30"' in page] == [True, True]
    late = why(web, calendar, time="23:45")[0]
    assert "windows=23%3A45-24%3A00" in late.mends[0].url


RULES: list[tuple[dict[str, Any], str, str]] = [
    ({"notice": 7 * 1440}, "NOTICE", "rules/#id_notice"),
    ({"cutoff_days": 5}, "NOTICE", "rules/#id_cutoff_days"),
    ({"range_days": 0}, "TOOFAR", "rules/#id_range_days"),
    ({"per_day_limit": 1}, "DAYLIMIT", "rules/#id_per_day_limit"),
    ({"per_week_limit": 1}, "WEEKLIMIT", "rules/#id_per_week_limit"),
    ({"per_month_limit": 1}, "MONTHLIMIT", "rules/#id_per_month_limit"),
]


@pytest.mark.parametrize(("fields", "code", "leads_to"), RULES)
def test_rule_in_the_way_leads_to_its_field(
    web: Client, calendar: Calendar, fields: dict[str, Any], code: str, leads_to: str
) -> None:
    factories.booking(calendar, TEN + timedelta(hours=3))
    change(calendar, **fields)
    [reason] = why(web, calendar)
    assert (reason.code, reason.mends[0].url.endswith(leads_to)) == (code, True)
    section, field = leads_to.split("/#")
    assert f'id="{field}"' in web.get(url(calendar, f"{section}/")).content.decode()


def test_appointment_in_the_way_can_be_opened_and_moved(web: Client, calendar: Calendar) -> None:
    booking = factories.booking(calendar, TEN, name="Ana Roth")
    [reason] = why(web, calendar)
    assert reason.text.startswith("Ana Roth is booked from ")
    assert [web.get(mend.url).status_code for mend in reason.mends] == [200, 200]
    assert str(booking.id) in reason.mends[1].url


def test_full_class_leads_to_its_guests_and_its_places(web: Client, account: Account) -> None:
    yoga = factories.calendar(account, kind="class", capacity=1)
    factories.booking(yoga, TEN)
    [reason] = why(web, yoga)
    assert (reason.code, [web.get(mend.url).status_code for mend in reason.mends]) == ("SEATS", [200, 200])
    assert [one.code for one in why(web, factories.calendar(account, kind="class", capacity=2))] == []


def test_link_adds_what_it_does_not_offer_and_that_it_is_over(
    web: Client, account: Account, calendar: Calendar
) -> None:
    link = factories.link(calendar, offered=[[AT + 60, AT + 90]])
    for pasted in (one_time_url(link.id), one_time_url(link.id).rsplit("/", 1)[-1], str(link.id)):
        [reason] = why(web, calendar, link=pasted)
        assert (reason.code, reason.mends[0].url) == ("LINKWINDOW", f"/app/clinic/links/{link.id}/")
    assert why(web, calendar, link=str(link.id), time="11:00") == []
    revoke(account=account, link_id=link.id, **DO)
    assert [one.code for one in why(web, calendar, link=str(link.id), time="11:00")] == ["LINKCLOSED"]
    other = factories.link(factories.calendar(account))
    foreign = factories.link(factories.calendar(factories.account()))
    for wrong in ("nonsense", str(other.id), one_time_url(foreign.id)):
        assert web.get(url(calendar), {**ASKED, "link": wrong}).status_code == 422


def test_length_and_places_are_asked_where_there_is_a_choice(web: Client, account: Account, calendar: Calendar) -> None:
    change(calendar, durations=[60])
    assert why(web, calendar, time="16:30") == []
    assert [one.code for one in why(web, calendar, time="16:30", duration=60)] == ["HOURS"]
    assert web.get(url(calendar), {**ASKED, "duration": "45"}).status_code == 422
    yoga = factories.calendar(account, kind="class", capacity=3)
    change(yoga, max_party=3)
    factories.booking(yoga, TEN)
    assert [[one.code for one in why(web, yoga, party=n)] for n in (2, 3)] == [[], ["SEATS"]]


def test_mending_needs_the_right_and_touches_nothing_of_others(
    web: Client, account: Account, calendar: Calendar
) -> None:
    other = factories.calendar(account)
    block = block_time(account=account, calendar_id=other.id, start=AT, end=AT + 30, **DO)
    source = BusySource.objects.create(
        account=account, host=other.calendar_hosts.get().host, kind="ics", config_sealed="x", created_at=NOW
    )
    wrong = [("unblock", block.id), ("reread", source.id), ("unblock", "x"), ("clear_date", "x"), ("explode", "")]
    statuses = [web.post(url(calendar, "why/mend/"), {"do": do, "id": key}).status_code for do, key in wrong]
    assert statuses == [404] * 5
    choose_schedule(account=account, calendar_id=other.id, schedule_id=calendar.schedule_id, **DO)
    who = factories.member(account)
    CalendarAccess.objects.create(calendar=calendar, user=who, level="manage")
    member = Client()
    member.force_login(who)
    data = {"do": "clear_date", "id": "2026-11-03"}
    assert member.post(url(calendar, "why/mend/"), data).status_code == 403
    CalendarAccess.objects.filter(user=who).update(level="book")
    assert member.post(url(calendar, "why/mend/"), {"do": "resume"}).status_code == 403
    page = member.get(url(calendar), {**ASKED, "time": "19:00"}).content.decode()
    assert ["weekly hours" in page, "Open this date" in page] == [True, False]


def days() -> Iterator[datetime]:
    """Each whole hour of a week in Berlin."""
    first = datetime(2026, 11, 2, tzinfo=ZoneInfo("Europe/Berlin"))
    for hour in range(0, 7 * 24, 5):
        yield first + timedelta(hours=hour)


@pytest.mark.parametrize("kind", ["personal", "round_robin", "collective", "class", "event"])
def test_every_type_answers_for_every_time_and_agrees_with_the_page(web: Client, account: Account, kind: str) -> None:
    calendar = factories.calendar(account, kind=kind)
    for at in days():
        answer: HttpResponse = web.get(url(calendar), {"date": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}"})
        open_now = at.weekday() < 5 and 9 <= at.hour < 17 and at >= NOW
        assert (answer.context["reasons"] == []) == open_now

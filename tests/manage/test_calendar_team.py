"""The page of a calendar's type and team, and what the signed-in area says about who blocks a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import BusyBlock, BusySource, Calendar, CalendarHost, Host
from admitone.calendars.services import TeamHost, set_team
from admitone.events import SYSTEM
from admitone.logic.clock import to_min_floor

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)  # 10:00 in Berlin
TEN = to_min_floor(AT)


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic")


@pytest.fixture
def hosts(account: Account) -> list[Host]:
    calendar = factories.calendar(account)  # makes them bookable here
    return [calendar.calendar_hosts.get().host, factories.calendar(account).calendar_hosts.get().host]


@pytest.fixture
def calendar(account: Account, hosts: list[Host]) -> Calendar:
    return factories.calendar(account, host=hosts[0], name="First visit")


def at(calendar: Calendar, rest: str) -> str:
    return f"/app/clinic/calendars/{calendar.id}/{rest}"


def become(calendar: Calendar, kind: str, hosts: list[Host], **changes: Any) -> Calendar:
    rows = [TeamHost(host.id) for host in hosts]
    return set_team(
        account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=factories.NOW, kind=kind, hosts=rows,
        **changes,
    )  # fmt: skip


def why(web: Client, calendar: Calendar) -> str:
    answer = web.get(at(calendar, "why/"), {"date": "2026-11-03", "time": "10"})
    return " ".join(reason.text for reason in answer.context["reasons"])


BASE = {"kind": "round_robin", "strategy": "equal", "count_days": "30", "capacity": ""}


def test_team_is_saved_with_priority_weight_and_hours_of_ones_own(web, calendar, hosts) -> None:
    own = factories.calendar(calendar.account).schedule
    one, two = (str(host.id) for host in hosts)
    rows = {f"host-{one}": "on", f"host-{two}": "on", f"priority-{two}": "3", f"weight-{two}": "2"}
    answer = web.post(at(calendar, "team/"), {**BASE, **rows, f"schedule-{two}": str(own.id), f"required-{two}": "on"})
    assert (answer.status_code, answer.url) == (302, at(calendar, "team/"))
    values = ("host", "priority", "weight", "required", "schedule")
    assert sorted(CalendarHost.objects.filter(calendar=calendar).values_list(*values)) == sorted(
        [(hosts[0].id, 0, 1, False, None), (hosts[1].id, 3, 2, True, own.id)]
    )
    html = web.get(at(calendar, "team/")).content.decode()
    assert html.count(f'name="host-{two}" checked') == 1
    assert html.count(f'value="{own.id}" selected') == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Choose 1 to 100 hosts."),
        ({"kind": "class", "capacity": "some"}, "Enter a whole number."),
        ({"kind": "class", "capacity": "0"}, "Choose one host."),
    ],
)
def test_nonsense_comes_back_as_it_was_typed(web, calendar, changes, sentence) -> None:
    answer = web.post(at(calendar, "team/"), {**BASE, **changes})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_bad_weight_and_schedule_are_refused(web, calendar, hosts) -> None:
    row = {f"host-{hosts[0].id}": "on"}
    assert web.post(at(calendar, "team/"), {**BASE, **row, f"weight-{hosts[0].id}": "x"}).status_code == 422
    assert web.post(at(calendar, "team/"), {**BASE, **row, f"schedule-{hosts[0].id}": "x"}).status_code == 422


@pytest.mark.parametrize(("kind", "next_page"), [("round_robin", "team/"), ("class", "hours/"), ("event", "hours/")])
def test_new_calendar_of_a_type_leads_to_what_it_needs_next(web, kind, next_page) -> None:
    fields = {"name": "Yoga", "duration": "60", "location_kind": "none", "kind": kind, "capacity": ""}
    answer = web.post("/app/clinic/calendars/new/", fields)
    calendar = Calendar.objects.get(name="Yoga")
    assert (answer.url, calendar.kind) == (at(calendar, next_page), kind)


def test_details_of_a_team_leave_its_hosts_alone(web, calendar, hosts) -> None:
    calendar = become(calendar, "collective", hosts)
    page = web.get(at(calendar, "details/"))
    assert "host" not in page.context["form"].fields
    fields = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    assert web.post(at(calendar, "details/"), {**fields, "name": "Together"}).status_code == 302
    assert CalendarHost.objects.filter(calendar=calendar).count() == 2


def test_why_names_each_host_in_the_way(web, account, calendar, hosts) -> None:
    calendar = become(calendar, "round_robin", hosts)
    source = BusySource.objects.create(
        account=account,
        host=hosts[1],
        kind="ics",
        config_sealed="x",
        fetched_at=factories.NOW,
        created_at=factories.NOW,
    )
    BusyBlock.objects.create(source=source, host=hosts[1], start_min=TEN, end_min=TEN + 30)
    assert why(web, calendar) == ""
    factories.booking(calendar, AT, name="Ada Lovelace")
    said = why(web, calendar)
    assert f"{hosts[0].name} has an appointment with Ada Lovelace" in said
    assert f"{hosts[1].name} is busy" in said


def test_why_tells_that_a_class_is_full(web, calendar, hosts) -> None:
    calendar = become(calendar, "class", hosts[:1], capacity=1)
    factories.booking(calendar, AT)
    assert why(web, calendar) == "All places are taken: 1 of 1."


def test_appointment_names_all_its_hosts_and_why_they_have_it(web, calendar, hosts) -> None:
    both = become(calendar, "collective", hosts)
    page = web.get(f"/app/clinic/bookings/{factories.booking(both, AT).id}/").content.decode()
    assert all(host.name in page for host in hosts)
    Booking.objects.update(host_reason="share")
    page = web.get(f"/app/clinic/bookings/{Booking.objects.get().id}/").content.decode()
    assert "furthest behind their share" in page

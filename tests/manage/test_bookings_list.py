"""The list of appointments: hosts, sources, order, and the file with all that is kept."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost, set_team
from admitone.events import SYSTEM

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/bookings/"
NOW = factories.NOW
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="First visit", host=factories.host(account, name="Dr Adler"))


def names(web: Client, query: str = "") -> list[str]:
    return [row.name for row in web.get(PATH + query).context["page"]]


def test_hosts_and_sources_narrow_the_list_and_both_hosts_of_one_find_it(
    web: Client, account: Account, calendar: Calendar
) -> None:
    adler, brand = calendar.calendar_hosts.get().host, factories.host(account, name="Dr Brand")
    both = factories.calendar(account, host=brand)
    team = [TeamHost(brand.id, priority=9), TeamHost(adler.id)]
    set_team(account=account, calendar_id=both.id, kind="collective", hosts=team, actor=SYSTEM, now=NOW)
    both.refresh_from_db()
    factories.booking(calendar, TOMORROW, name="Ana")
    factories.booking(both, TOMORROW + timedelta(hours=1), name="Bob")
    Booking.objects.filter(name="Bob").update(source="api")
    assert names(web, f"?host={adler.id}") == ["Ana", "Bob"]
    assert names(web, f"?host={brand.id}") == ["Bob"]
    assert names(web, "?source=by_hand") == ["Ana"]
    assert names(web, "?source=api") == ["Bob"]
    assert names(web, "?source=x&host=y") == ["Ana", "Bob"]
    assert "Nothing matches" in web.get(f"{PATH}?source=workflow").content.decode()


def test_statuses_of_requests_are_found(web: Client, calendar: Calendar) -> None:
    for n, (name, status) in enumerate((("Ana", "pending"), ("Bob", "declined"), ("Cem", "confirmed"))):
        booking = factories.booking(calendar, TOMORROW + timedelta(hours=n), name=name)
        Booking.objects.filter(id=booking.id).update(status=status)
    assert names(web, "?status=pending") == ["Ana"]
    assert names(web, "?status=declined") == ["Bob"]
    assert names(web, "?view=cancelled") == ["Bob"]


def test_order_is_chosen_and_kept_and_other_orders_name_the_date(web: Client, calendar: Calendar) -> None:
    for n, name in enumerate(("Cem", "Ana", "Bob")):
        factories.booking(calendar, TOMORROW + timedelta(hours=n), name=name)
    assert names(web) == ["Cem", "Ana", "Bob"]
    assert names(web, "?sort=-start") == ["Bob", "Ana", "Cem"]
    assert names(web, "?sort=name") == ["Ana", "Bob", "Cem"]
    assert names(web, "?sort=-name&q=b") == ["Bob"]
    page = web.get(f"{PATH}?sort=name").content.decode()
    assert ['name="sort" value="name"' in page, "agenda__day" in page, "3 Nov 2026" in page] == [True, False, True]
    assert names(web, "?sort=password") == ["Cem", "Ana", "Bob"]


def test_file_follows_filters_and_order_and_holds_all_that_is_kept(web: Client, calendar: Calendar) -> None:
    factories.booking(calendar, TOMORROW, name="Ana")
    booking = factories.booking(calendar, TOMORROW + timedelta(hours=1), name="Bob")
    series = uuid4()
    Booking.objects.filter(id=booking.id).update(
        series_id=series,
        series_n=2,
        seats=2,
        guests=[{"name": "=Eve", "email": "eve@example.com"}],
        location="Room 4",
        utm={"utm_source": "@spring"},
        answers={"-allergy": "none"},
    )
    response = web.get(f"{PATH}appointments.csv?sort=-name")
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [row["guest"] for row in rows] == ["Bob", "Ana"]
    kept = ("series", "series_n", "seats", "companions", "location", "utm_source", "utm_medium", "answers")
    assert [rows[0][name] for name in kept] == [
        *(str(series), "2", "2", "'=Eve eve@example.com", "Room 4", "'@spring", "", "'-allergy: none")
    ]
    assert [rows[1][name] for name in kept] == ["", "", "1", "", "", "", "", ""]
    assert [
        row["guest"]
        for row in csv.DictReader(io.StringIO(web.get(f"{PATH}appointments.csv?q=ana").getvalue().decode("utf-8-sig")))
    ] == ["Ana"]

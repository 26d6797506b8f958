"""The calendar of all appointments: views, filters in the address, rights, busy time, and few statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.services import cancel
from admitone.calendars.models import BusyBlock, BusySource, Calendar, CalendarAccess
from admitone.events import GUEST
from admitone.logic.clock import to_min_floor

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/calendar/"
NOW = factories.NOW  # Monday, 2 November 2026, 10:00 in Berlin
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def web(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.owner(account, name="Ada Owner"))
    return client


def page(web: Client, query: str = "") -> str:
    response = web.get(PATH + query)
    assert response.status_code == 200
    return response.content.decode()


def drawn(web: Client, query: str = "") -> dict[date, list[str]]:
    """Names by day, days without any left out."""
    days = web.get(PATH + query).context["drawing"].days
    return {day.day: [one.entry.name for one in day.entries] for day in days if day.entries}


def bands(web: Client, query: str = "") -> list[tuple[int, str, str]]:
    """(day of the month, who, from when) of each busy band."""
    days = web.get(PATH + query).context["drawing"].days
    return [(day.day.day, band.names, f"{band.starts:%H:%M}") for day in days for band in day.bands]


def busy(of: Calendar, start: datetime, minutes: int = 60) -> None:
    """Somebody's outside calendar says that the host of `of` is busy."""
    host, at = of.calendar_hosts.get().host, to_min_floor(start)
    source = BusySource.objects.create(account=of.account, host=host, kind="ics", config_sealed="x", created_at=NOW)
    BusyBlock.objects.create(source=source, host=host, start_min=at, end_min=at + minutes)


def test_without_a_calendar_it_says_what_to_do(web: Client, account: Account) -> None:
    assert "No calendar yet" in page(web)
    assert 'href="/app/north-clinic/calendars/new/"' in page(web)
    web.force_login(factories.member(account))
    assert "No calendar that you may see" in page(web)


def test_signed_out_and_strangers_see_nothing(web: Client, account: Account) -> None:
    assert Client().get(PATH).status_code == 302
    web.force_login(factories.owner(factories.account()))
    assert web.get(PATH).status_code == 404
    assert Client().post(PATH).status_code in (302, 405)


def test_week_has_the_list_for_phones_beside_the_hours(web: Client, calendar: Calendar) -> None:
    factories.booking(calendar, TOMORROW, name="Ana Roth")
    plain = page(web)
    assert [plain.count("Ana Roth"), plain.count('class="agenda__narrow"')] == [2, 1]
    assert page(web, "?view=week").count("Ana Roth") == 1
    assert page(web, "?view=agenda").count("Ana Roth") == 1
    assert "hours__day" not in page(web, "?view=agenda")
    assert drawn(web) == {date(2026, 11, 3): ["Ana Roth"]}


def test_views_cover_their_days_and_lead_to_the_next_and_the_previous(web: Client, calendar: Calendar) -> None:
    found = {
        view: web.get(f"{PATH}?view={view}&date=2026-12-31").context for view in ("day", "week", "month", "agenda")
    }
    shape = {view: (len(seen["drawing"].days), seen["previous"], seen["next"]) for view, seen in found.items()}
    assert shape == {
        "day": (1, "?view=day&date=2026-12-30", "?view=day&date=2027-01-01"),
        "week": (7, "?view=week&date=2026-12-24", "?view=week&date=2027-01-07"),
        "month": (35, "?view=month&date=2026-11-01", "?view=month&date=2027-01-01"),
        "agenda": (7, "?view=agenda&date=2026-12-24", "?view=agenda&date=2027-01-07"),
    }


def test_month_lists_what_begins_on_a_day_and_counts_the_rest(web: Client, calendar: Calendar) -> None:
    for n in range(6):
        factories.booking(calendar, TOMORROW + timedelta(minutes=30 * n), name=f"Guest {n}")
    text = page(web, "?view=month")
    assert "3 more" in text
    assert text.count("event--line") == 3
    assert "6 appointments" in text
    assert 'href="?view=day&amp;date=2026-11-03"' in text


def test_nonsense_in_the_address_is_left_out(web: Client, calendar: Calendar) -> None:
    factories.booking(calendar, TOMORROW, name="Ana Roth")
    odd = "?view=year&date=2026-99-99&zone=Mars/Base&calendar=x&host=%00&hours=x&cancelled=x"
    assert drawn(web, odd) == {date(2026, 11, 3): ["Ana Roth"]}
    for edge in ("0001-01-01", "9999-12-31", "2000-01-01", "2099-12-31"):
        for view in ("day", "week", "month", "agenda"):
            page(web, f"?date={edge}&view={view}&zone=Pacific/Apia")
    page(web, "?date=2011-12-30&view=day&zone=Pacific/Apia")  # a day that island skipped


def test_filters_by_calendar_host_and_cancelled(web: Client, account: Account, calendar: Calendar) -> None:
    other = factories.calendar(account, name="Follow-up")
    factories.booking(calendar, TOMORROW, name="Ana")
    factories.booking(other, TOMORROW + timedelta(hours=1), name="Bob")
    gone = factories.booking(other, TOMORROW + timedelta(hours=2), name="Cem")
    cancel(account_id=account.id, booking_id=gone.id, actor=GUEST, now=NOW, by="guest")
    host = other.calendar_hosts.get().host
    day = date(2026, 11, 3)
    assert drawn(web) == {day: ["Ana", "Bob"]}
    assert drawn(web, f"?calendar={calendar.id}") == {day: ["Ana"]}
    assert drawn(web, f"?calendar={calendar.id}&calendar={other.id}") == {day: ["Ana", "Bob"]}
    assert drawn(web, f"?host={host.id}") == {day: ["Bob"]}
    assert drawn(web, "?cancelled=1") == {day: ["Ana", "Bob", "Cem"]}
    assert "event--cancelled" in page(web, "?view=week&cancelled=1")
    kept = web.get(f"{PATH}?view=week&calendar={calendar.id}").context["next"]
    assert kept == f"?view=week&calendar={calendar.id}&date=2026-11-09"


def test_pending_ones_are_marked(web: Client, calendar: Calendar) -> None:
    Booking.objects.filter(id=factories.booking(calendar, TOMORROW).id).update(status="pending")
    text = page(web, "?view=week")
    assert "event--pending" in text
    assert "Pending" in text


def test_times_are_in_the_zone_asked_for_else_the_readers(web: Client, account: Account, calendar: Calendar) -> None:
    factories.booking(calendar, datetime(2026, 11, 3, 23, 30, tzinfo=UTC), name="Late")
    assert drawn(web) == {date(2026, 11, 4): ["Late"]}
    assert drawn(web, "?zone=UTC") == {date(2026, 11, 3): ["Late"]}
    web.force_login(factories.owner(account, timezone="Asia/Tokyo"))
    assert web.get(PATH).context["asked"].zone == "Asia/Tokyo"


def test_members_see_their_calendars_and_the_rest_of_a_hosts_time_as_busy(web: Client, account: Account) -> None:
    host = factories.host(account, name="Dr Klein")
    mine = factories.calendar(account, host=host, name="Mine")
    secret = factories.calendar(account, host=host, name="Secret matters")
    factories.booking(mine, TOMORROW, name="Ana")
    factories.booking(secret, TOMORROW + timedelta(hours=2), name="Zoe")
    who = factories.member(account)
    CalendarAccess.objects.create(calendar=mine, user=who, level="view")
    web.force_login(who)
    text = page(web, "?view=week")
    assert drawn(web) == {date(2026, 11, 3): ["Ana"]}
    assert bands(web) == [(3, "Dr Klein", "11:00")]
    assert [word in text for word in ("Zoe", "Secret matters", "hours__open")] == [False, False, False]
    assert drawn(web, f"?calendar={secret.id}") == {}
    CalendarAccess.objects.filter(user=who).update(level="book")
    assert "hours__open" in page(web, "?view=week")


def test_busy_time_from_outside_and_from_other_sub_accounts_is_shown_without_details(
    web: Client, account: Account, calendar: Calendar
) -> None:
    host = calendar.calendar_hosts.get().host
    sister = factories.account(agency=account.agency)
    factories.booking(factories.calendar(sister, host=host), TOMORROW, name="Somebody else's guest")
    busy(calendar, TOMORROW + timedelta(hours=3))
    busy(calendar, TOMORROW + timedelta(hours=3, minutes=30))
    assert [one[2] for one in bands(web)] == ["09:00", "12:00"]
    assert "Somebody else" not in page(web)
    other = factories.calendar(account)
    assert bands(web, f"?calendar={other.id}") == []


def test_free_half_hours_lead_to_the_page_that_books_by_hand(web: Client, calendar: Calendar) -> None:
    text = page(web, f"?view=day&date=2026-11-03&calendar={calendar.id}")
    at = to_min_floor(TOMORROW)
    address = f"/app/north-clinic/bookings/new/?calendar={calendar.id}&at={at}"
    assert address.replace("&", "&amp;") in text
    form = web.get(address)
    assert form.context["chosen"] == str(at)
    assert form.context["picker"].day == date(2026, 11, 3)
    outside = web.get(f"/app/north-clinic/bookings/new/?calendar={calendar.id}&at={at + 600}")  # 20:00, closed
    assert [outside.context["chosen"], outside.context["form"]["other_time"].value()] == ["other", "20:00"]
    for bad in ("x", "1", "99999999999", "%00"):
        assert web.get(f"/app/north-clinic/bookings/new/?at={bad}").context["chosen"] == ""
    assert f"at={to_min_floor(NOW) - 60}" not in page(web, "?view=day")


def test_hours_grow_with_what_is_booked_and_with_a_wish(web: Client, calendar: Calendar) -> None:
    assert web.get(PATH).context["drawing"].axis.rows == 10 * 12
    factories.booking(calendar, datetime(2026, 11, 4, 5, 30, tzinfo=UTC))
    assert web.get(PATH).context["drawing"].axis.rows == 12 * 12
    assert web.get(f"{PATH}?hours=all").context["drawing"].axis.rows == 24 * 12
    assert web.get(f"{PATH}?hours=all&date=2026-10-25").context["drawing"].axis.rows == 25 * 12
    assert web.get(f"{PATH}?hours=all&date=2026-03-29&view=day").context["drawing"].axis.rows == 23 * 12


def test_guests_of_one_class_are_one_block(web: Client, account: Account) -> None:
    yoga = factories.calendar(account, kind="class", capacity=8, name="Yoga")
    for n in range(3):
        factories.booking(yoga, TOMORROW, name=f"Guest {n}")
    text = page(web, "?view=week")
    assert [one.entry.seats for one in web.get(PATH).context["drawing"].entries] == [3]
    assert ">3/8<" in text
    assert text.count("event--block") == 1
    assert f"calendar/sessions/{yoga.id}/{to_min_floor(TOMORROW)}/" in text


def test_page_has_no_style_attributes_and_its_sheet_a_nonce(web: Client, calendar: Calendar) -> None:
    factories.booking(calendar, TOMORROW)
    text = page(web)
    assert " style=" not in text
    assert len(text.split('<style nonce="')[1].split('"')[0]) > 8


@pytest.mark.parametrize("view", ["", "day", "month", "agenda"])
@pytest.mark.parametrize("rows", [1, 5])
def test_page_takes_the_same_statements_for_any_number_of_rows(
    web: Client, account: Account, django_assert_num_queries: Any, rows: int, view: str
) -> None:
    for n in range(rows):
        one = factories.calendar(account)
        factories.booking(one, TOMORROW + timedelta(hours=n))
        factories.booking(one, NOW - timedelta(days=7 * n + 30))
        busy(one, TOMORROW + timedelta(hours=5))
    with django_assert_num_queries(STATEMENTS[view]):
        web.get(f"{PATH}?view={view}&date=2026-11-03")


STATEMENTS = {"": 12, "day": 12, "month": 9, "agenda": 9}


def test_days_are_found_by_the_index_of_the_start(account: Account, web: Client, calendar: Calendar) -> None:
    with CaptureQueriesContext(connection) as seen:
        web.get(PATH)
    asked = next(one["sql"] for one in seen.captured_queries if 'FROM "booking_booking"' in one["sql"])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
        assert "booking_by_time (account_id=? AND start_min>? AND start_min<?)" in plan

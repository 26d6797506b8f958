"""What the calendar opens and does: cards, classes, moving, cancelling, blocking, booking; in a dialog and without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import BlockedTime, Calendar, CalendarAccess
from admitone.calendars.services import TeamHost, block_time, set_team
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.logic.clock import to_min_floor

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/calendar/"
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)  # 10:00 in Berlin
AT = to_min_floor(TOMORROW)
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def web(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.owner(account, name="Ada Owner"))
    return client


@pytest.fixture
def booking(calendar: Calendar) -> Booking:
    return factories.booking(calendar, TOMORROW, name="Ana Roth", email="ana@example.com")


def member(account: Account, calendar: Calendar, level: str) -> Client:
    who = factories.member(account)
    CalendarAccess.objects.create(calendar=calendar, user=who, level=level)
    client = Client()
    client.force_login(who)
    return client


def move(web: Client, booking: Booking, date: str = "2026-11-03", time: str = "11:00", **more: Any) -> HttpResponse:
    answer = web.post(f"{PATH}appointments/{booking.id}/move/", {"date": date, "time": time, **more}, **HTMX)
    booking.refresh_from_db()
    return answer


def quiet(booking: Booking, kind: str) -> list[bool]:
    return ["quiet" in one.facts for one in Event.objects.filter(subject_id=booking.id, kind=f"booking.{kind}")]


def test_card_is_a_dialog_and_without_script_the_page(web: Client, booking: Booking) -> None:
    url = f"{PATH}appointments/{booking.id}/"
    plain = web.get(url)
    assert (plain.status_code, plain["Location"]) == (302, f"/app/north-clinic/bookings/{booking.id}/")
    card = web.get(url, **HTMX).content.decode()
    assert card.startswith("<dialog")
    assert [word in card for word in ("Ana Roth", "/move/", "/cancel/", "no-show")] == [True, True, True, False]


def test_drop_asks_with_the_time_and_moves_with_a_word_to_the_guest(web: Client, booking: Booking) -> None:
    asked = web.get(f"{PATH}appointments/{booking.id}/move/?start={AT + 30}&zone=UTC", **HTMX).content.decode()
    assert "Move to Tue, 3 Nov, 09:30?" in asked
    assert 'value="09:30"' in asked
    answer = move(web, booking, time="09:30", zone="UTC", start=AT + 30, tell="on")
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert booking.start_min == AT + 30
    assert quiet(booking, "rescheduled") == [False]


def test_move_without_a_word_and_without_script(web: Client, booking: Booking) -> None:
    answer = web.post(f"{PATH}appointments/{booking.id}/move/", {"date": "2026-11-04", "time": "8pm"})
    assert (answer.status_code, answer["Location"]) == (302, f"/app/north-clinic/bookings/{booking.id}/")
    booking.refresh_from_db()
    assert booking.start_min == AT + 24 * 60 + 600
    assert quiet(booking, "rescheduled") == [True]


def test_taken_time_is_said_in_words_with_the_nearest_and_nothing_moves(
    web: Client, calendar: Calendar, booking: Booking
) -> None:
    factories.booking(calendar, TOMORROW + timedelta(hours=1))
    answer = move(web, booking, tell="on")
    text = answer.content.decode()
    assert (answer.status_code, booking.start_min) == (409, AT)
    assert "Something else is already at that time." in text
    assert f'name="pick" value="{AT + 30}"' in text
    assert move(web, booking, pick=str(AT + 30)).status_code == 204
    assert booking.start_min == AT + 30


@pytest.mark.parametrize(
    ("date", "time"), [("", "10:00"), ("2026-11-03", "25:00"), ("2026-13-03", "x"), ("2026-11-01", "10:00")]
)
def test_wrong_times_are_said_at_their_field(web: Client, booking: Booking, date: str, time: str) -> None:
    answer = move(web, booking, date, time)
    assert (answer.status_code, booking.start_min) == (422, AT)
    assert "field__error" in answer.content.decode()


def test_hour_that_comes_twice_is_the_one_that_was_dropped_on(web: Client, calendar: Calendar) -> None:
    with time_machine.travel(datetime(2026, 10, 20, tzinfo=UTC), tick=False):
        late = Booking.objects.get(id=factories.booking(calendar, datetime(2026, 11, 20, 9, tzinfo=UTC)).id)
        second = to_min_floor(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))  # 02:30 in Berlin, again
        move(web, late, "2026-10-25", "02:30", start=second, zone="Europe/Berlin")
        assert late.start_min == second
        move(web, late, "2026-10-25", "02:30", zone="Europe/Berlin")
        assert late.start_min == second - 60


def test_cancel_in_the_dialog_with_and_without_a_word(web: Client, calendar: Calendar, booking: Booking) -> None:
    url = f"{PATH}appointments/{booking.id}/cancel/"
    assert "Cancel the appointment with Ana Roth?" in web.get(url, **HTMX).content.decode()
    answer = web.post(url, {"reason": "Ill", "tell": "on"}, **HTMX)
    booking.refresh_from_db()
    assert (answer.status_code, booking.status, booking.cancel_reason) == (204, "cancelled", "Ill")
    other = factories.booking(calendar, TOMORROW + timedelta(hours=2))
    assert web.post(f"{PATH}appointments/{other.id}/cancel/").status_code == 302
    assert [quiet(booking, "cancelled"), quiet(other, "cancelled")] == [[False], [True]]
    assert web.post(url, **HTMX).status_code == 204


def test_no_show_is_marked_and_taken_back(web: Client, calendar: Calendar, booking: Booking) -> None:
    over = factories.booking(calendar, NOW - timedelta(hours=3))
    url = f"{PATH}appointments/{over.id}/no-show/"
    seen = []
    for data in ({}, {"undo": "1"}):
        assert web.post(url, data, **HTMX).status_code == 204
        seen.append(Booking.objects.get(id=over.id).status)
    assert seen == ["no_show", "confirmed"]
    early = web.post(f"{PATH}appointments/{booking.id}/no-show/", **HTMX)
    assert (early.status_code, "has begun" in early.content.decode()) == (409, True)


def test_class_lists_its_guests_and_its_places(web: Client, account: Account) -> None:
    yoga = factories.calendar(account, kind="class", capacity=8, name="Yoga")
    for name in ("Ana", "Bob"):
        factories.booking(yoga, TOMORROW, name=name)
    for extra in ({}, HTMX):
        text = web.get(f"{PATH}sessions/{yoga.id}/{AT}/", **extra).content.decode()
        assert [word in text for word in ("Ana", "Bob", "2 of 8 places", f"at={AT}")] == [True] * 4
    for wrong in (AT + 1, 10**30):
        assert web.get(f"{PATH}sessions/{yoga.id}/{wrong}/").status_code == 404


def test_time_is_blocked_from_a_drag_shown_and_freed(web: Client, account: Account, calendar: Calendar) -> None:
    host = calendar.calendar_hosts.get().host
    asked = web.get(f"{PATH}block/?start={AT}&end={AT + 45}&host={host.id}&zone=UTC", **HTMX).content.decode()
    assert [word in asked for word in ('value="09:00"', 'value="09:45"', f'value="host:{host.id}" selected')] == [
        True
    ] * 3
    data = {"whose": f"host:{host.id}", "date": "2026-11-03", "time": "09:00", "end_date": "2026-11-03"}
    assert web.post(f"{PATH}block/", {**data, "end_time": "08:00", "zone": "UTC"}, **HTMX).status_code == 422
    answer = web.post(f"{PATH}block/", {**data, "end_time": "09:45", "zone": "UTC", "note": "Lunch"}, **HTMX)
    assert answer.status_code == 204
    block = BlockedTime.objects.get()
    assert (block.start_min, block.end_min, block.host_id) == (AT, AT + 45, host.id)
    page = web.get(f"{PATH}?view=week").content.decode()
    assert [word in page for word in ("hours__barred", "Lunch", f"blocked/{block.id}/")] == [True] * 3
    assert "Lunch" in web.get(f"{PATH}blocked/{block.id}/").content.decode()
    assert web.post(f"{PATH}blocked/{block.id}/", **HTMX).status_code == 204
    assert BlockedTime.objects.count() == 0


def test_blocked_elsewhere_is_no_more_than_busy(web: Client, account: Account, calendar: Calendar) -> None:
    host = calendar.calendar_hosts.get().host
    sister = factories.account(agency=account.agency)
    factories.calendar(sister, host=host)
    block_time(account=sister, host_id=host.id, start=AT, end=AT + 60, note="Secret", **DO)
    page = web.get(f"{PATH}?view=week")
    assert "Secret" not in page.content.decode()
    assert [band.names for day in page.context["drawing"].days for band in day.bands] == [host.name]


def test_blocking_suggests_the_morning_of_the_day_that_is_looked_at(web: Client, calendar: Calendar) -> None:
    page = web.get(f"{PATH}?view=week&date=2026-12-09").content.decode()
    assert "block/?zone=Europe/Berlin&amp;day=2026-12-09" in page
    initial = [
        web.get(f"{PATH}block/?day={day}").context["form"].initial for day in ("2026-12-09", "soon", "2020-01-01")
    ]
    assert (initial[0]["date"], initial[0]["time"]) == ("2026-12-09", "09:00")
    assert initial[1] == initial[2]


def test_new_appointment_in_the_dialog_with_calendar_and_time_of_the_press(web: Client, calendar: Calendar) -> None:
    url = "/app/north-clinic/bookings/new/"
    asked = web.get(f"{url}?dialog=1&at={AT}&calendar={calendar.id}&zone=UTC", **HTMX).content.decode()
    assert asked.startswith("<dialog")
    assert [word in asked for word in ('value="09:00"', 'value="2026-11-03"')] == [True, True]
    data = {
        "calendar": calendar.id,
        "start": "other",
        "other_date": "2026-11-03",
        "other_time": "09:00",
        "zone": "UTC",
        "name": "Bob",
        "email": "bob@example.com",
        "timezone": "UTC",
    }
    wrong = web.post(f"{url}?dialog=1", {**data, "email": "x"}, **HTMX)
    assert (wrong.status_code, wrong.content.decode().startswith("<dialog")) == (422, True)
    assert web.post(f"{url}?dialog=1", data, **HTMX).status_code == 204
    assert Booking.objects.get().start_min == AT
    again = web.post(f"{url}?dialog=1", data, **HTMX)
    assert (again.status_code, "already at that time" in again.content.decode()) == (409, True)


def test_column_of_a_host_books_that_host(web: Client, account: Account) -> None:
    one, two = factories.host(account, name="Dr One"), factories.host(account, name="Dr Two")
    team = factories.calendar(account, host=one)
    hosts = [TeamHost(one.id, priority=9), TeamHost(two.id)]
    set_team(account=account, calendar_id=team.id, kind="round_robin", hosts=hosts, **DO)
    url = "/app/north-clinic/bookings/new/?dialog=1"
    assert "Dr Two" in web.get(f"{url}&at={AT}&host={two.id}", **HTMX).content.decode()
    data = {"calendar": team.id, "start": "other", "other_date": "2026-11-03", "other_time": "10:00", "host": two.id}
    assert (
        web.post(url, {**data, "name": "Bob", "email": "b@example.com", "timezone": "UTC"}, **HTMX).status_code == 204
    )
    assert Booking.objects.get().host == two
    page = web.get(f"{PATH}?view=day&date=2026-11-03&columns=hosts")
    columns = [(day.host, [one.entry.name for one in day.entries]) for day in page.context["drawing"].days]
    assert columns == [("Dr One", []), ("Dr Two", ["Bob"])]
    assert "DT" in web.get(f"{PATH}?view=week&by=host").content.decode()


def test_collective_stands_in_the_column_of_each_host(web: Client, account: Account) -> None:
    one, two = factories.host(account, name="Dr One"), factories.host(account, name="Dr Two")
    both = factories.calendar(account, host=one)
    set_team(
        account=account,
        calendar_id=both.id,
        kind="collective",
        hosts=[TeamHost(one.id, priority=9), TeamHost(two.id)],
        **DO,
    )
    both.refresh_from_db()
    factories.booking(both, TOMORROW, name="Ana")
    days = web.get(f"{PATH}?view=day&date=2026-11-03&columns=hosts").context["drawing"].days
    assert [[one.entry.name for one in day.entries] for day in days] == [["Ana"], ["Ana"]]


@pytest.mark.parametrize(("level", "status"), [("view", 403), ("book", 200), ("manage", 200)])
@pytest.mark.usefixtures("freeze")
def test_members_do_what_their_level_lets_them(account: Account, booking: Booking, level: str, status: int) -> None:
    web = member(account, booking.calendar, level)
    here = f"{PATH}appointments/{booking.id}/"
    assert web.get(here, **HTMX).status_code == 200
    assert [web.get(f"{here}{act}/", **HTMX).status_code for act in ("move", "cancel")] == [status, status]
    assert web.get(f"{PATH}block/").status_code == (200 if level == "manage" else 403)
    page = web.get(f"{PATH}?view=week&date=2026-11-03").content.decode()
    assert ("data-step" in page) == (level != "view")


def test_strangers_calendars_are_not_there(account: Account, booking: Booking) -> None:
    other = factories.calendar(account)
    web = member(account, other, "manage")
    block = block_time(account=account, calendar_id=booking.calendar_id, start=AT, end=AT + 60, **DO)
    paths = [f"appointments/{booking.id}/{act}" for act in ("", "move/", "cancel/")]
    paths += [f"sessions/{booking.calendar_id}/{AT}/", f"blocked/{block.id}/"]
    assert [web.get(PATH + path, **HTMX).status_code for path in paths] == [404] * 5
    host = booking.host_id
    data = {"whose": f"host:{host}", "date": "2026-11-03", "time": "09:00", "end_date": "2026-11-03", "end_time": "10"}
    assert web.post(f"{PATH}block/", data, **HTMX).status_code == 422


def test_month_of_two_thousand_stays_light(web: Client, booking: Booking, django_assert_num_queries: Any) -> None:
    rows = []
    for n in range(1, 2000):
        row = Booking.objects.get(id=booking.id)
        row.id = Booking._meta.pk.get_default()  # type: ignore[union-attr]
        row.start_min, row.end_min = AT + n * 18, AT + n * 18 + 18
        rows.append(row)
    Booking.objects.bulk_create(rows)
    with django_assert_num_queries(9):
        page = web.get(f"{PATH}?view=month&date=2026-11-03")
    assert sum(len(day.entries) for day in page.context["drawing"].days) == 2000
    assert not page.context["more"]
    assert len(page.content) < 200_000
    week = web.get(f"{PATH}?view=week&date=2026-11-10")
    assert not week.context["more"]

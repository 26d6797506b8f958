"""The owner's appointments: list, filters, CSV, one appointment, and what can be done to it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from tests import factories

from admitone.accounts.addresses import manage_url, one_time_url
from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.services import cancel, mark_no_show, reschedule
from admitone.calendars.models import Calendar, CalendarAccess
from admitone.calendars.services import delete_calendar
from admitone.events import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.logic.clock import to_min_floor

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/bookings/"
NOW = factories.NOW
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)  # 10:00 in Berlin
SEEN_BY_MEMBER = ("", "cancel/", "reschedule/", "appointment.ics")


@pytest.fixture
def web(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.owner(account, name="Ada Owner"))
    return client


def listed(web: Client, query: str = "") -> list[UUID]:
    response = web.get(PATH + query)
    assert response.status_code == 200
    return [row.id for row in response.context["page"]]


def by_link(calendar: Calendar, start: datetime = TOMORROW, **terms: Any) -> Booking:
    """A booking made by its guest with a one-time link."""
    link = factories.link(calendar, **terms)
    token = one_time_url(link.id).rsplit("/", 1)[-1]
    guest = {"name": "Gita Guest", "email": "gita@example.com", "timezone": "America/New_York"}
    return Booking.objects.get(id=redeem(token=token, start=to_min_floor(start), guest=guest, now=NOW).id)


def cancelled(booking: Booking, **fields: Any) -> Booking:
    values = {"actor": GUEST, "now": NOW, "by": "guest", **fields}
    return cancel(account_id=booking.account_id, booking_id=booking.id, **values)


def test_list_without_appointments_offers_to_make_one(web: Client) -> None:
    page = web.get(PATH).content.decode()
    assert "No appointments ahead" in page
    assert 'href="/app/north-clinic/bookings/new/"' in page
    assert "Nothing matches" in web.get(f"{PATH}?q=nobody").content.decode()
    assert "Nothing is over yet" in web.get(f"{PATH}?view=past").content.decode()
    assert "Nothing cancelled" in web.get(f"{PATH}?view=cancelled").content.decode()


def test_tabs_hold_every_appointment_once_and_show_completed_for_what_is_over(web: Client, calendar: Calendar) -> None:
    over = factories.booking(calendar, NOW - timedelta(hours=2))
    running = factories.booking(calendar, NOW - timedelta(minutes=10))
    ahead = factories.booking(calendar, TOMORROW)
    gone = cancelled(factories.booking(calendar, TOMORROW + timedelta(hours=1)))
    missed = factories.booking(calendar, NOW - timedelta(days=1))
    mark_no_show(account_id=calendar.account_id, booking_id=missed.id, actor=SYSTEM, now=NOW)
    assert listed(web) == [running.id, ahead.id]
    assert listed(web, "?view=past") == [over.id, missed.id]
    assert listed(web, "?view=cancelled") == [gone.id]
    assert listed(web, "?view=all") == [gone.id, ahead.id, running.id, over.id, missed.id]
    assert [tab[2] for tab in web.get(PATH).context["tabs"]] == [2, 2, 1, 5]
    shown = {row.id: row.shown_status for row in web.get(f"{PATH}?view=all").context["page"]}
    assert [shown[one.id] for one in (over, running, missed, gone)] == [
        "completed",
        "confirmed",
        "no_show",
        "cancelled",
    ]
    assert listed(web, "?status=completed") == [over.id]
    assert listed(web, "?status=no_show") == [missed.id]
    assert listed(web, "?status=confirmed") == [ahead.id, running.id]


def test_filters_narrow_by_calendar_dates_in_the_readers_zone_and_guest(
    web: Client, account: Account, calendar: Calendar
) -> None:
    late = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)  # 4 November, 00:30 in Berlin
    first = factories.booking(calendar, TOMORROW, name="Ana Roth", email="ana@example.com")
    second = factories.booking(calendar, late, name="Bob Stein")
    other = factories.booking(factories.calendar(account, phone="optional"), TOMORROW, phone="+49 30 1234567")
    assert listed(web, f"?calendar={calendar.id}") == [first.id, second.id]
    assert listed(web, "?from=2026-11-04") == [second.id]
    assert set(listed(web, "?to=2026-11-03")) == {first.id, other.id}
    assert listed(web, "?q=ANA%40exam") == [first.id]
    assert listed(web, "?q=stein") == [second.id]
    assert listed(web, "?q=030+123+45") == [other.id]
    everything = {first.id, second.id, other.id}
    assert set(listed(web, "?calendar=x&from=2026-99-01&to=9999-12-31&status=x&view=x&page=x&q=%00")) == everything


def test_list_is_grouped_by_local_day(web: Client, calendar: Calendar) -> None:
    factories.booking(calendar, NOW + timedelta(hours=1))
    factories.booking(calendar, datetime(2026, 11, 2, 22, 30, tzinfo=UTC))
    factories.booking(calendar, datetime(2026, 11, 2, 23, 30, tzinfo=UTC))
    groups = web.get(PATH).context["days"]
    assert [(f"{group.day:%d}", group.relation, len(group.rows)) for group in groups] == [
        ("02", "today", 2),
        ("03", "tomorrow", 1),
    ]


def test_times_are_in_the_readers_own_zone_if_they_have_one(web: Client, account: Account, calendar: Calendar) -> None:
    factories.booking(calendar, TOMORROW)
    assert "10:00" in web.get(PATH).content.decode()
    web.force_login(factories.owner(account, timezone="Asia/Tokyo"))
    page = web.get(PATH).content.decode()
    assert "18:00" in page
    assert "Times in Tokyo (GMT+09:00)" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_statements_for_any_number_of_rows(
    web: Client, calendar: Calendar, django_assert_num_queries: Any, rows: int
) -> None:
    for hour in range(rows):
        by_link(calendar, TOMORROW + timedelta(hours=hour))
    with django_assert_num_queries(11):
        web.get(PATH)


def test_csv_holds_what_the_filters_show_with_formulas_neutralised(web: Client, calendar: Calendar) -> None:
    factories.booking(calendar, TOMORROW, name="=HYPERLINK(1)", email="eve@example.com", note="+1")
    factories.booking(calendar, NOW - timedelta(hours=3))
    response = web.get(f"{PATH}appointments.csv?view=upcoming")
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert response["Content-Disposition"] == 'attachment; filename="appointments-2026-11-02.csv"'
    assert [(row["guest"], row["note"], row["start"], row["status"]) for row in rows] == [
        ("'=HYPERLINK(1)", "'+1", "2026-11-03T10:00+01:00", "confirmed")
    ]


def test_detail_tells_both_zones_the_link_the_mails_and_the_history(web: Client, calendar: Calendar) -> None:
    booking = by_link(calendar, label="VIP")
    at = to_min_floor(TOMORROW + timedelta(hours=2))
    reschedule(account_id=booking.account_id, booking_id=booking.id, start=at, actor=GUEST, now=NOW, by="guest")
    run_pending(now=NOW)
    response = web.get(f"{PATH}{booking.id}/")
    page = response.content.decode()
    assert response.context["zones"] == [("host", "Europe/Berlin"), ("guest", "America/New_York")]
    assert f'href="/app/north-clinic/links/{booking.one_time_link_id}/"' in page
    assert f'href="/app/north-clinic/contacts/{booking.contact_id}/"' in page
    assert f'value="{manage_url(booking.id)}"' in page
    assert [step.title for step in response.context["history"]] == ["Moved to another time", "Booked"]
    assert response.context["history"][0].before == TOMORROW
    assert response.context["history"][0].who == "Gita Guest (guest)"
    assert {message.to for message in response.context["messages_sent"]} >= {"gita@example.com"}


def test_detail_keeps_the_consent_that_was_given(web: Client, account: Account) -> None:
    calendar = factories.calendar(account, consent_text="You may write to me.")
    booking = factories.booking(calendar, TOMORROW, consent=True)
    page = web.get(f"{PATH}{booking.id}/").content.decode()
    assert "You may write to me." in page
    assert "(version 1)" in page


def test_cancelling_asks_then_frees_the_time_and_leaves_the_link_used(web: Client, calendar: Calendar) -> None:
    booking = by_link(calendar)
    url = f"{PATH}{booking.id}/"
    assert "Gita Guest?" in web.get(f"{url}cancel/").content.decode()
    assert Booking.objects.get().status == "confirmed"
    assert web.post(f"{url}cancel/", {"reason": "I am ill."}).url == url
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by, booking.cancel_reason) == ("cancelled", "host", "I am ill.")
    assert [(link.uses, link.deleted_at) for link in OneTimeLink.objects.all()] == [(1, None)]
    assert "Make a new link" in web.get(url).content.decode()
    assert web.get(f"{url}cancel/").url == url
    assert web.post(f"{url}cancel/", {}).url == url
    factories.booking(calendar, TOMORROW)


def test_a_reason_that_is_too_long_comes_back_with_its_error(web: Client, calendar: Calendar) -> None:
    booking = factories.booking(calendar, TOMORROW)
    response = web.post(f"{PATH}{booking.id}/cancel/", {"reason": "x" * 1001})
    assert response.status_code == 422
    assert Booking.objects.get().status == "confirmed"


def test_cancelling_can_make_a_new_link_and_pressing_again_makes_no_second(web: Client, calendar: Calendar) -> None:
    booking = by_link(calendar, label="VIP")
    url = f"{PATH}{booking.id}/"
    web.post(f"{url}cancel/", {"new_link": "on"})
    new = OneTimeLink.objects.get(replaces_id=booking.one_time_link_id)
    assert (new.label, new.uses, new.source_kind) == ("VIP", 0, "reissue")
    assert f'value="{one_time_url(new.id)}"' in web.get(url).content.decode()
    assert web.post(f"{url}new-link/").url == url
    assert OneTimeLink.objects.count() == 2


def test_a_booking_without_a_link_has_no_link_to_replace(web: Client, calendar: Calendar) -> None:
    booking = factories.booking(calendar)
    assert web.post(f"{PATH}{booking.id}/new-link/").status_code == 404


def test_rescheduling_offers_open_slots_and_swaps_the_time(web: Client, calendar: Calendar) -> None:
    booking = by_link(calendar)
    url = f"{PATH}{booking.id}/"
    picker = web.get(f"{url}reschedule/?day=2026-11-03").context["picker"]
    starts = [slot.start for _, slots in picker.groups for slot in slots]
    assert len(starts) == 16  # its own time stays open to it
    wanted = to_min_floor(TOMORROW + timedelta(hours=1))
    assert wanted in starts
    assert web.post(f"{url}reschedule/", {"start": wanted}).url == url
    booking.refresh_from_db()
    assert (booking.start_min, booking.sequence, booking.rescheduled_from_min) == (wanted, 1, to_min_floor(TOMORROW))


def test_rescheduling_to_a_taken_slot_shows_the_nearest_open_ones(web: Client, calendar: Calendar) -> None:
    booking = factories.booking(calendar, TOMORROW)
    taken = factories.booking(calendar, TOMORROW + timedelta(hours=1))
    response = web.post(f"{PATH}{booking.id}/reschedule/", {"start": taken.start_min})
    assert response.status_code == 409
    near = [slot.start - taken.start_min for slot in response.context["near"]]
    assert sorted(near) == [-60, -30, 30]
    assert Booking.objects.get(id=booking.id).start_min == booking.start_min


def test_another_time_ignores_hours_but_never_what_is_taken(web: Client, calendar: Calendar) -> None:
    booking, taken = (factories.booking(calendar, TOMORROW + timedelta(hours=hour)) for hour in (0, 2))
    url = f"{PATH}{booking.id}/reschedule/"
    evening = {"start": "other", "other_date": "2026-11-07", "other_time": "19.45"}
    assert web.post(url, evening).status_code == 302
    assert Booking.objects.get(id=booking.id).start_min == to_min_floor(datetime(2026, 11, 7, 18, 45, tzinfo=UTC))
    assert web.post(url, {"start": "other", "other_date": "2026-11-03", "other_time": "12:10"}).status_code == 409
    assert taken.start_min == to_min_floor(datetime(2026, 11, 3, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "start"),
        ({"start": "-5"}, "start"),
        ({"start": "9" * 30}, "start"),
        ({"start": "other", "other_date": "x", "other_time": "10"}, "other_date"),
        ({"start": "other", "other_date": "9999-12-31", "other_time": "10"}, "other_date"),
        ({"start": "other", "other_date": "2026-11-03", "other_time": "25:00"}, "other_time"),
        ({"start": "other", "other_date": "2026-11-01", "other_time": "10:00"}, "other_date"),
        ({"start": "other", "other_date": "2027-03-28", "other_time": "02:30"}, "other_time"),
    ],
)
def test_a_time_that_cannot_be_read_is_refused_at_its_field(
    web: Client, calendar: Calendar, data: dict[str, str], field: str
) -> None:
    booking = factories.booking(calendar, TOMORROW)
    response = web.post(f"{PATH}{booking.id}/reschedule/", data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Booking.objects.get().start_min == booking.start_min


def test_a_slot_outside_of_the_hours_is_refused_unless_typed(web: Client, calendar: Calendar) -> None:
    booking = factories.booking(calendar, TOMORROW)
    night = to_min_floor(datetime(2026, 11, 4, 2, tzinfo=UTC))
    assert web.post(f"{PATH}{booking.id}/reschedule/", {"start": night}).status_code == 422


def test_what_is_over_can_neither_be_cancelled_nor_moved(web: Client, calendar: Calendar) -> None:
    over = factories.booking(calendar, NOW - timedelta(days=1))
    assert "cannot be moved" in web.get(f"{PATH}{over.id}/reschedule/").content.decode()
    wanted = {"start": to_min_floor(TOMORROW)}
    assert web.post(f"{PATH}{over.id}/reschedule/", wanted).status_code == 409
    assert web.post(f"{PATH}{over.id}/cancel/", {}).status_code == 422
    assert Booking.objects.get().status == "confirmed"


def test_no_show_is_marked_once_it_has_begun_and_can_be_undone(web: Client, calendar: Calendar) -> None:
    over, ahead = (factories.booking(calendar, NOW + timedelta(hours=hours)) for hours in (-1, 1))
    url = f"{PATH}{over.id}/"
    assert "Mark as a no-show" in web.get(url).content.decode()
    assert web.post(f"{url}no-show/").url == url
    assert Booking.objects.get(id=over.id).status == "no_show"
    assert "They came after all" in web.get(url).content.decode()
    web.post(f"{url}no-show/", {"undo": "1"})
    assert Booking.objects.get(id=over.id).status == "confirmed"
    assert "Mark as a no-show" not in web.get(f"{PATH}{ahead.id}/").content.decode()
    web.post(f"{PATH}{ahead.id}/no-show/")
    assert Booking.objects.get(id=ahead.id).status == "confirmed"


def test_calendar_file_is_the_hosts_and_says_when_it_was_cancelled(web: Client, calendar: Calendar) -> None:
    booking = factories.booking(calendar, TOMORROW)
    response = web.get(f"{PATH}{booking.id}/appointment.ics")
    text = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert f"UID:{booking.id}@admitone" in text
    assert "DTSTART:20261103T090000Z" in text
    assert manage_url(booking.id) not in text.replace("\r\n ", "")
    cancelled(booking)
    assert "STATUS:CANCELLED" in web.get(f"{PATH}{booking.id}/appointment.ics").content.decode()


def test_appointments_of_a_deleted_calendar_stay(web: Client, account: Account, calendar: Calendar) -> None:
    booking = factories.booking(calendar, TOMORROW)
    delete_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW)
    assert listed(web) == [booking.id]
    assert web.get(f"{PATH}{booking.id}/").status_code == 200
    assert web.get(f"{PATH}{booking.id}/reschedule/").status_code == 200


def test_member_sees_granted_calendars_and_changes_only_what_they_may_book(
    web: Client, account: Account, calendar: Calendar
) -> None:
    member, watched = factories.member(account), factories.calendar(account)
    hidden = factories.booking(factories.calendar(account), TOMORROW)
    seen, own = factories.booking(watched, TOMORROW), factories.booking(calendar, TOMORROW + timedelta(hours=1))
    CalendarAccess.objects.create(calendar=watched, user=member, level="view")
    CalendarAccess.objects.create(calendar=calendar, user=member, level="book")
    web.force_login(member)
    assert listed(web) == [seen.id, own.id]
    assert str(hidden.id) not in web.get(f"{PATH}appointments.csv").getvalue().decode()
    assert [web.get(f"{PATH}{hidden.id}/{part}").status_code for part in SEEN_BY_MEMBER] == [404] * 4
    assert [web.get(f"{PATH}{seen.id}/{part}").status_code for part in SEEN_BY_MEMBER] == [200, 403, 403, 200]
    assert manage_url(seen.id) not in web.get(f"{PATH}{seen.id}/").content.decode()
    assert web.post(f"{PATH}{seen.id}/no-show/").status_code == 403
    assert web.post(f"{PATH}{own.id}/cancel/", {}).status_code == 302


@pytest.mark.parametrize("part", ["", "cancel/", "reschedule/", "appointment.ics"])
def test_appointments_of_another_account_are_not_found(web: Client, part: str) -> None:
    theirs = factories.booking(factories.calendar(factories.account()), TOMORROW)
    for key in (theirs.id, "not-an-id", uuid4()):
        assert web.get(f"{PATH}{key}/{part}").status_code == 404
    for action in ("cancel/", "reschedule/", "no-show/", "new-link/"):
        assert web.post(f"{PATH}{theirs.id}/{action}", {"start": "1"}).status_code == 404
    assert Booking.objects.get().status == "confirmed"

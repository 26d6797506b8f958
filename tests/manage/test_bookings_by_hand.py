"""A new appointment for somebody on the phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar, CalendarAccess
from admitone.calendars.services import set_active
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.logic.clock import to_min_floor

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/bookings/new/"
NOW = factories.NOW
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)


def caller(calendar: Calendar, start: datetime | str = TOMORROW, **fields: str) -> dict[str, Any]:
    return {
        "calendar": str(calendar.id),
        "start": start if isinstance(start, str) else to_min_floor(start),
        "name": "Carla Call",
        "email": "carla@example.com",
        "phone": "",
        "timezone": "Europe/Lisbon",
        "note": "Called twice.",
        "key": "11111111-1111-4111-8111-111111111111",
        **fields,
    }


def test_without_a_calendar_it_says_what_to_make_first(web: Client) -> None:
    assert "There is no calendar to book in" in web.get(PATH).content.decode()


def test_page_shows_the_first_open_day_of_the_first_calendar(web: Client, calendar: Calendar) -> None:
    context = web.get(PATH).context
    assert (context["calendar"].id, str(context["picker"].day)) == (calendar.id, "2026-11-02")
    assert context["form"].initial["timezone"] == "Europe/Berlin"
    assert web.get(f"{PATH}?day=2026-11-07").context["picker"].next_open.isoformat() == "2026-11-09"
    assert web.get(f"{PATH}?month=2026-12").context["picker"].day.isoformat() == "2026-12-01"
    for odd in ("?day=x", "?month=9999-99", "?day=1999-01-01", "?month=2100-12"):
        assert web.get(PATH + odd).status_code == 200


def test_booking_by_hand_makes_appointment_contact_and_event(web: Client, calendar: Calendar) -> None:
    response = web.post(PATH, caller(calendar))
    booking = Booking.objects.get()
    assert response.url == f"/app/north-clinic/bookings/{booking.id}/"
    assert (booking.start_min, booking.source, booking.guest_timezone) == (
        to_min_floor(TOMORROW),
        "by_hand",
        "Europe/Lisbon",
    )
    assert (booking.contact.name, booking.contact.email, booking.note) == (
        "Carla Call",
        "carla@example.com",
        "Called twice.",
    )
    assert [event.actor_kind for event in Event.objects.filter(kind="booking.created")] == ["user"]


def test_sending_the_form_twice_books_once(web: Client, calendar: Calendar) -> None:
    first, second = (web.post(PATH, caller(calendar)) for _ in range(2))
    assert first.url == second.url
    assert Booking.objects.count() == 1


def test_a_form_that_has_booked_asks_before_it_books_again(web: Client, calendar: Calendar) -> None:
    made = web.post(PATH, caller(calendar)).url
    later = TOMORROW + timedelta(hours=1)
    response = web.post(PATH, caller(calendar, later))
    assert response.status_code == 409
    assert f'href="{made}"' in response.content.decode()
    key = response.context["form"].data["key"]
    assert web.post(PATH, caller(calendar, later, key=key)).status_code == 302
    assert Booking.objects.count() == 2


def test_a_phone_number_is_enough_also_where_the_calendar_asks_none(web: Client, calendar: Calendar) -> None:
    web.post(PATH, caller(calendar, email="", phone="030 1234567", timezone="Europe/Berlin"))
    assert [(row.email, row.phone) for row in Booking.objects.all()] == [("", "+49301234567")]


def test_consent_is_kept_if_given_and_not_asked_of_the_owner(web: Client, account: Account) -> None:
    calendar = factories.calendar(account, consent_text="You may write to me.")
    assert "You may write to me." in web.get(PATH).content.decode()
    web.post(PATH, caller(calendar))
    web.post(PATH, caller(calendar, TOMORROW + timedelta(hours=1), consent="on", key="2"))
    assert [row.consent_text for row in Booking.objects.order_by("start_min")] == ["", "You may write to me."]


def test_a_taken_slot_brings_the_form_back_with_the_nearest_times(web: Client, calendar: Calendar) -> None:
    taken = factories.booking(calendar, TOMORROW)
    response = web.post(PATH, caller(calendar))
    assert response.status_code == 409
    assert [abs(slot.start - taken.start_min) <= 60 for slot in response.context["near"]] == [True] * 3
    page = response.content.decode()
    assert 'value="Carla Call"' in page
    assert "Called twice." in page
    near = response.context["near"][0].start
    assert web.post(PATH, {**caller(calendar), "start": near}).status_code == 302


def test_another_time_is_booked_outside_of_the_hours(web: Client, calendar: Calendar) -> None:
    typed = {"other_date": "2026-11-08", "other_time": "7pm"}
    assert web.post(PATH, caller(calendar, "other", **typed)).status_code == 302
    assert Booking.objects.get().start_min == to_min_floor(datetime(2026, 11, 8, 18, tzinfo=UTC))


def test_a_paused_calendar_has_no_slots_but_takes_a_typed_time(
    web: Client, account: Account, calendar: Calendar
) -> None:
    set_active(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, active=False)
    assert "The calendar is paused" in web.get(PATH).content.decode()
    assert web.post(PATH, caller(calendar)).status_code == 409
    typed = {"other_date": "2026-11-03", "other_time": "10:00"}
    assert web.post(PATH, caller(calendar, "other", **typed)).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "x" * 900}, ["name"]),
        ({"email": "nobody"}, ["email"]),
        ({"email": ""}, ["email"]),
        ({"email": "", "name": ""}, ["name", "email"]),
        ({"phone": "12"}, ["phone"]),
        ({"timezone": "Mars/Base"}, ["timezone"]),
        ({"note": "x" * 2001}, ["note"]),
        ({"start": "", "email": "nobody"}, ["start", "email"]),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_booked(
    web: Client, calendar: Calendar, wrong: dict[str, str], fields: list[str]
) -> None:
    response = web.post(PATH, {**caller(calendar), **wrong})
    assert response.status_code == 422
    assert sorted(response.context["form"].errors) == sorted(fields)
    assert (Booking.objects.count(), Contact.objects.count()) == (0, 0)


def test_a_contact_is_found_and_fills_the_form(web: Client, account: Account, calendar: Calendar) -> None:
    known = factories.contact(account, name="Ken Known", phone="+4930123", timezone="Asia/Tokyo", locale="de")
    factories.contact(factories.account(), name="Ken Foreign")
    page = web.get(f"{PATH}?find=ken")
    assert [one.name for one in page.context["suggested"]] == ["Ken Known"]
    initial = web.get(f"{PATH}?contact={known.id}").context["form"].initial
    assert (initial["name"], initial["email"], initial["timezone"]) == ("Ken Known", known.email, "Asia/Tokyo")
    web.post(f"{PATH}?contact={known.id}", caller(calendar, name="Ken Known", email=known.email))
    assert [(row.contact_id, row.guest_locale) for row in Booking.objects.all()] == [(known.id, "de")]


def test_calendars_and_contacts_of_others_are_not_found(web: Client, calendar: Calendar) -> None:
    other = factories.account()
    foreign = factories.calendar(other)
    assert web.get(f"{PATH}?calendar={foreign.id}").status_code == 404
    assert web.get(f"{PATH}?contact={factories.contact(other).id}").status_code == 404
    assert web.post(PATH, caller(foreign)).status_code == 404
    assert Booking.objects.count() == 0


def test_member_books_only_where_they_may(web: Client, account: Account, calendar: Calendar) -> None:
    member, watched = factories.member(account), factories.calendar(account)
    web.force_login(member)
    assert "no calendar that you may book in" in web.get(PATH).content.decode()
    CalendarAccess.objects.create(calendar=watched, user=member, level="view")
    CalendarAccess.objects.create(calendar=calendar, user=member, level="book")
    assert [one.id for one in web.get(PATH).context["calendars"]] == [calendar.id]
    assert web.post(PATH, caller(watched)).status_code == 404
    assert web.post(PATH, caller(calendar)).status_code == 302


def test_length_is_chosen_for_slots_and_booking(web: Client, account: Account) -> None:
    calendar = factories.calendar(account, durations=[60])
    page = web.get(f"{PATH}?calendar={calendar.id}&duration=60")
    assert [one for _, slots in page.context["picker"].groups for one in slots][-1].at.hour == 15  # 16:00 in Berlin
    assert f"?calendar={calendar.id}&amp;duration=30" in page.content.decode()
    web.post(f"{PATH}?duration=60", caller(calendar))
    booking = Booking.objects.get()
    assert booking.end_min - booking.start_min == 60


def test_party_of_any_size_that_fits_is_booked_with_its_people(web: Client, account: Account) -> None:
    calendar = factories.calendar(account, kind="class", capacity=5, max_party=2)
    page = web.get(f"{PATH}?calendar={calendar.id}").content.decode()
    assert 'name="party"' in page
    assert web.post(PATH, caller(calendar, party="6")).status_code == 409
    web.post(PATH, caller(calendar, party="4", guests="Ben\nCleo, cleo@example.com"))
    booking = Booking.objects.get()
    assert (booking.seats, [one["name"] for one in booking.guests]) == (4, ["Ben", "Cleo"])
    shown = web.get(f"/app/north-clinic/bookings/{booking.id}/").content.decode()
    assert "cleo@example.com" in shown


def test_place_may_be_said_for_a_calendar_that_asks(web: Client, account: Account) -> None:
    calendar = factories.calendar(account, location_kind="ask")
    assert 'name="place"' in web.get(f"{PATH}?calendar={calendar.id}").content.decode()
    web.post(PATH, caller(calendar, place="Café https://evil.example"))
    web.post(PATH, caller(calendar, TOMORROW + timedelta(hours=1), key="another"))
    first, second = Booking.objects.order_by("start_min")
    assert (first.location, second.location) == ("Café https://evil.example", "")
    assert 'href="https://evil.example"' not in web.get(f"/app/north-clinic/bookings/{first.id}/").content.decode()

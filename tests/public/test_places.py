"""Where one meets, on public pages and in the public API: hidden, asked for, made for each appointment."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.api.conftest import Api
from tests.public.conftest import DETAILS, Practice, Submit, manage_path, minute, text_of

from admitone.accounts.addresses import one_time_url
from admitone.booking.models import Booking
from admitone.booking.services import confirm
from admitone.events import SYSTEM

SECRET, AFTER = "Secret Lane 1", "You will get the address after booking"
HIDDEN: dict[str, Any] = {"location_kind": "address", "location": SECRET, "location_hidden": True}
NINE = minute("2026-11-03 09:00")


def public(path: str) -> dict[str, Any]:
    found: dict[str, Any] = Api().get(f"/public{path}").json()
    return found


def test_hidden_address_is_on_no_page_before_booking_and_on_the_guests_after(
    practice: Practice, client: Client
) -> None:
    practice.change(**HIDDEN)
    link = practice.link()
    token = urlsplit(one_time_url(link.id)).path
    for path in (practice.scheduling, f"{practice.scheduling}?embed=1", f"/c/{practice.calendar.id}", token):
        page = client.get(path)
        assert AFTER in text_of(page)
        assert SECRET not in page.content.decode()
    assert SECRET not in str(public(f"/links/{token[3:]}"))
    path = manage_path(practice.booking())
    assert SECRET in text_of(client.get(path))
    assert public(f"/bookings/{path[3:]}")["location"] == SECRET
    assert SECRET in client.get(f"{path}/calendar.ics").content.decode()


def test_request_is_not_told_a_hidden_address_until_it_is_approved(practice: Practice, client: Client) -> None:
    practice.change(**HIDDEN, approval=True)
    booking = practice.booking()
    path = manage_path(booking)
    assert SECRET not in client.get(path).content.decode()
    assert SECRET not in client.get(f"{path}/calendar.ics").content.decode()
    assert public(f"/bookings/{path[3:]}")["location"] == ""
    confirm(account_id=practice.account.id, booking_id=booking.id, actor=SYSTEM, now=practice.now)
    assert SECRET in text_of(client.get(path))


def test_guest_is_asked_where_and_must_say(practice: Practice, client: Client, submit: Submit) -> None:
    practice.change(location_kind="ask")
    refused = submit(practice.scheduling, start=NINE, **DETAILS)
    assert refused.status_code == 422
    assert "Say where we should meet." in text_of(refused)
    assert (
        submit(practice.scheduling, start=NINE, place="<b>Café</b> https://evil.example", **DETAILS).status_code == 303
    )
    booking = Booking.objects.get()
    page = client.get(manage_path(booking)).content.decode()
    assert "&lt;b&gt;Café&lt;/b&gt; https://evil.example" in page
    assert 'href="https://evil.example"' not in page


def test_link_of_a_calendar_that_asks_says_so_in_the_api_and_takes_the_place(practice: Practice) -> None:
    practice.change(location_kind="ask")
    token = urlsplit(one_time_url(practice.link().id)).path[3:]
    assert public(f"/links/{token}")["form"]["place"] is True
    body = {"start": "2026-11-03T08:00:00Z", **DETAILS}
    refused = Api().post(f"/public/links/{token}/bookings", body)
    assert refused.json()["errors"] == {"place": "Say where we should meet."}
    assert Api().post(f"/public/links/{token}/bookings", {**body, "answers": {"place": "Park"}}).status_code == 201
    assert Booking.objects.get().location == "Park"


@pytest.mark.parametrize("kind", ["video", "host", "room"])
def test_video_rooms_are_named_before_and_linked_after_booking(practice: Practice, client: Client, kind: str) -> None:
    room = "https://meet.example.org/{room}" if kind == "room" else "https://meet.example.org/klein"
    practice.change(location_kind=kind, location=room, room_provider="pattern")
    page = client.get(practice.scheduling)
    assert "Video call" in text_of(page)
    assert "meet.example.org" not in page.content.decode()
    booking = practice.booking()
    assert f'href="{booking.location}"' in client.get(manage_path(booking)).content.decode()


def test_guest_of_a_phone_appointment_reads_which_number_is_called(practice: Practice, client: Client) -> None:
    practice.change(location_kind="phone", phone="optional")
    theirs = practice.booking(phone="+49301234567")
    assert "Where Phone call to +49301234567" in text_of(client.get(manage_path(theirs)))
    practice.change(location="+49 30 7654321")
    ours = practice.booking("2026-11-03 10:00", phone="+49301234567")
    assert "Where Phone call: +49 30 7654321" in text_of(client.get(manage_path(ours)))

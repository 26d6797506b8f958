"""Waiting lists on the guest's pages, without JavaScript."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.links.test_waiting_list import follow
from tests.public.conftest import LOCAL, Practice, form_of, minute, text_of
from time_machine import Traveller

from admitone.accounts.addresses import one_time_url, waiting_url
from admitone.booking.models import Booking, WaitlistEntry
from admitone.booking.services import cancel
from admitone.calendars.previews import pass_for
from admitone.calendars.services import set_team
from admitone.events import SYSTEM
from admitone.links.models import OneTimeLink
from admitone.messaging.models import Message

NINE = minute("2026-11-03 09:00")
ANNA = {"name": "Anna Example", "email": "anna@example.com"}


@pytest.fixture
def full(practice: Practice) -> Practice:
    """A class of one place; Tuesday at nine is taken."""
    set_team(
        account=practice.account,
        calendar_id=practice.calendar.id,
        actor=SYSTEM,
        now=practice.now,
        kind="class",
        capacity=1,
    )
    practice.calendar.refresh_from_db()
    practice.change(waitlist=True)
    practice.booking("2026-11-03 09:00", name="Seated", email="seated@example.com")
    return practice


def wait_path(practice: Practice, start: int = NINE) -> str:
    return f"/c/{practice.calendar.id}/wait/{start}"


def join(client: Client, path: str, **values: str) -> object:
    return client.post(path, {**form_of(client.get(path).content.decode()), **values}, **LOCAL)


def test_full_time_is_listed_with_its_waiting_list(full: Practice, client: Client) -> None:
    html = client.get(f"{full.scheduling}?day=2026-11-03").content.decode()
    assert f'href="{wait_path(full)}"' in html
    assert "Full: join the waiting list" in text_of(client.get(full.scheduling))


def test_calendar_without_waiting_list_shows_no_full_times(full: Practice, client: Client) -> None:
    full.change(waitlist=False)
    assert "Full" not in text_of(client.get(full.scheduling))
    assert client.get(wait_path(full)).status_code == 404


def test_guest_joins_sees_their_place_and_leaves(full: Practice, client: Client) -> None:
    answer = join(client, wait_path(full), **ANNA)
    assert answer.status_code == 303
    mine = client.get(answer["Location"])
    assert "You are on the waiting list" in text_of(mine)
    path = urlsplit(answer["Location"]).path
    client.post(path, form_of(mine.content.decode()), **LOCAL)
    assert "You are no longer on the waiting list" in text_of(client.get(path))
    assert WaitlistEntry.objects.get().status == "left"


def test_looking_writes_nothing_and_leaves_nobody(full: Practice, client: Client) -> None:
    join(client, wait_path(full), **ANNA)
    path = urlsplit(waiting_url(WaitlistEntry.objects.get().id)).path
    for _ in range(2):
        client.get(path)
        client.head(path)
    assert WaitlistEntry.objects.get().status == "waiting"
    assert client.post(path, {"form": "forged"}, **LOCAL).status_code == 403
    assert WaitlistEntry.objects.get().status == "waiting"


@pytest.mark.parametrize(("values", "status"), [({"name": "", "email": ""}, 422), ({"form": "x"}, 403)])
def test_wrong_form_comes_back(full: Practice, client: Client, values: dict[str, str], status: int) -> None:
    answer = join(client, wait_path(full), **{**ANNA, **values})
    assert (answer.status_code, WaitlistEntry.objects.count()) == (status, 0)
    assert "Join the waiting list" in text_of(answer)


def test_time_with_room_says_so(full: Practice, client: Client) -> None:
    answer = join(client, wait_path(full, NINE + 30), **ANNA)
    assert (answer.status_code, WaitlistEntry.objects.count()) == (409, 0)
    assert "There is no waiting list for this time" in text_of(answer)


@pytest.mark.parametrize("start", [0, 5, 99_999_999])
def test_times_of_no_calendar_are_not_there(full: Practice, client: Client, start: int) -> None:
    assert client.get(wait_path(full, start)).status_code == 404


@pytest.mark.parametrize("path", ["/w/nothing", "/c/nothing/wait/29894880", "/o/nothing/wait/29894880"])
def test_unknown_addresses_give_no_hint(full: Practice, client: Client, path: str) -> None:
    assert client.get(path, follow=True).status_code == 404


def test_mailed_link_books_the_place_and_shows_it_to_nobody_else(full: Practice, client: Client) -> None:
    join(client, wait_path(full), **ANNA)
    booking = Booking.objects.get()
    cancel(account_id=full.account.id, booking_id=booking.id, actor=SYSTEM, now=full.now, by="host")
    for _ in range(3):
        follow(full.now)
    link = OneTimeLink.objects.get(source_kind="waitlist")
    path = urlsplit(one_time_url(link.id)).path
    assert path in Message.objects.get(kind="waitlist.offered").text
    assert f'href="{wait_path(full)}"' in client.get(full.scheduling).content.decode()
    page = client.get(path)
    assert "Tue, 3 Nov" in text_of(page)
    assert "Full" not in text_of(page)
    answer = client.post(path, form_of(page.content.decode()), **LOCAL)
    assert answer.status_code == 303
    assert Booking.objects.get(status="confirmed").name == "Anna Example"
    place = client.get(urlsplit(waiting_url(WaitlistEntry.objects.get().id)).path)
    assert "You have booked this place" in text_of(place)


def test_stranger_who_types_the_address_of_somebody_who_waits_is_not_led_to_their_place(
    full: Practice, client: Client, freeze: Traveller
) -> None:
    join(client, wait_path(full), **ANNA)
    freeze.shift(60)
    answer = join(client, wait_path(full), **ANNA)
    assert (answer.status_code, "/w/" in answer.content.decode()) == (200, False)
    assert "You are on the waiting list" in text_of(answer)
    assert "Leave the waiting list" not in text_of(answer)
    assert WaitlistEntry.objects.count() == 1


def test_place_that_is_offered_says_so_and_leaves_its_link_to_the_mail(full: Practice, client: Client) -> None:
    join(client, wait_path(full), **ANNA)
    cancel(account_id=full.account.id, booking_id=Booking.objects.get().id, actor=SYSTEM, now=full.now, by="host")
    follow(full.now)
    entry = WaitlistEntry.objects.get()
    place = client.get(urlsplit(waiting_url(entry.id)).path)
    assert "A place is free for you" in text_of(place)
    assert "The link to book it is in the email that we sent you." in text_of(place)
    assert urlsplit(one_time_url(entry.link_id)).path not in place.content.decode()


def test_holder_of_a_link_joins_as_the_one_it_is_for_and_keeps_the_link(full: Practice, client: Client) -> None:
    contact = full.contact()
    path = full.path(contact=contact, contact_policy="refuse", offered=[(NINE, NINE + 30)])
    page = client.get(path)
    assert f'href="{path}/wait/{NINE}"' in page.content.decode()
    answer = join(client, f"{path}/wait/{NINE}")
    assert answer.status_code == 303
    entry = WaitlistEntry.objects.get()
    assert (entry.contact_id, OneTimeLink.objects.get().uses) == (contact.id, 0)


def test_link_that_is_dead_keeps_no_list(full: Practice, client: Client) -> None:
    link = full.link()
    OneTimeLink.objects.update(uses=1)
    assert client.get(f"{urlsplit(one_time_url(link.id)).path}/wait/{NINE}").status_code == 410


def test_pair_is_led_to_a_page_that_asks_for_two_places(full: Practice, client: Client) -> None:
    who = {"account": full.account, "calendar_id": full.calendar.id, "actor": SYSTEM, "now": full.now}
    set_team(**who, capacity=2)
    full.calendar.refresh_from_db()
    full.change(max_party=2)
    cancel(account_id=full.account.id, booking_id=Booking.objects.get().id, actor=SYSTEM, now=full.now, by="host")
    for name in ("one", "two"):
        full.booking("2026-11-03 09:00", name=name, email=f"{name}@example.com")
    join(client, f"{wait_path(full)}?party=2", **ANNA)
    assert WaitlistEntry.objects.get().seats == 2
    for booking in Booking.objects.filter(status="confirmed"):
        cancel(account_id=full.account.id, booking_id=booking.id, actor=SYSTEM, now=full.now, by="host")
    follow(full.now)
    follow(full.now)
    link = OneTimeLink.objects.get(source_kind="waitlist")
    path = f"{urlsplit(one_time_url(link.id)).path}?party=2"
    assert path in Message.objects.get(kind="waitlist.offered").text
    assert client.post(path, form_of(client.get(path).content.decode()), **LOCAL).status_code == 303
    assert Booking.objects.get(status="confirmed").seats == 2


def test_owner_is_not_told_that_a_kept_place_is_gone(full: Practice, client: Client) -> None:
    join(client, wait_path(full), **ANNA)
    cancel(account_id=full.account.id, booking_id=Booking.objects.get().id, actor=SYSTEM, now=full.now, by="host")
    follow(full.now)
    link = OneTimeLink.objects.get(source_kind="waitlist")
    assert client.post(f"{urlsplit(one_time_url(link.id)).path}/opened", **LOCAL).status_code == 204
    link.refresh_from_db()
    assert (link.opened_at, link.gone_told_at) == (full.now, None)


def test_owners_preview_shows_full_times_and_joins_nothing(full: Practice, client: Client) -> None:
    shown = client.get(f"/preview/{pass_for(full.calendar.id)}")
    assert "Full: join the waiting list" in text_of(shown)
    assert "/wait/" not in shown.content.decode()

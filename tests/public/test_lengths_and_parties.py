"""Pages that let guests choose a length or bring others along, and links that agree on something of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.public.conftest import DETAILS, Practice, Submit, manage_path, minute, text_of

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.calendars.services import set_team
from admitone.logic.clock import from_min
from admitone.notifications.appointments import host_invite, load
from admitone.notifications.booked import guest_booked, host_booked

TIME = "2026-11-03 09:00"
DAY = "?day=2026-11-03"
BEN = "Ben Brown, ben@example.com"


def become(practice: Practice, kind: str, **changes: Any) -> None:
    who: dict[str, Any] = {"account": practice.account, "actor": practice.actor, "now": practice.now}
    set_team(**who, calendar_id=practice.calendar.id, kind=kind, **changes)
    practice.calendar.refresh_from_db()


def booked() -> Booking:
    return Booking.objects.select_related("host", "calendar").latest("id")


def minutes() -> int:
    return booked().end_min - booked().start_min


def rows(letter: Any) -> dict[str, str]:
    return {row.label: row.value for row in letter.rows}


def test_lengths_are_links_that_keep_day_and_zone(practice: Practice, client: Client, submit: Submit) -> None:
    practice.change(durations=[60, 15])
    html = client.get(f"{practice.scheduling}{DAY}&tz=Europe/London").content.decode()
    assert "?tz=Europe%2FLondon&amp;day=2026-11-03&amp;duration=60" in html
    wanted = f"{practice.scheduling}?duration=60"
    shown = client.get(f"{wanted}&day=2026-11-03").content.decode()
    assert 'aria-current="true">1 hr</a>' in shown
    assert "16:30" not in shown
    assert submit(wanted, start=minute(TIME), **DETAILS).status_code == 303
    assert minutes() == 60


def test_no_length_means_the_calendars_first(practice: Practice, client: Client, submit: Submit) -> None:
    practice.change(durations=[60])
    for odd in ("45", "x", "", "99999", "-1", "６０"):
        assert 'aria-current="true">30 min</a>' in client.get(f"{practice.path()}?duration={odd}").content.decode()
    assert submit(f"{practice.path()}?duration=45", start=minute(TIME), **DETAILS).status_code == 303
    assert minutes() == 30


def test_one_length_is_nothing_to_choose(practice: Practice, client: Client) -> None:
    assert "How long?" not in client.get(practice.scheduling).content.decode()


def test_link_books_the_chosen_length_and_its_own_one_fixes_it(
    practice: Practice, client: Client, submit: Submit
) -> None:
    practice.change(durations=[60])
    assert submit(f"{practice.path()}?duration=60", start=minute(TIME), **DETAILS).status_code == 303
    assert minutes() == 60
    fixed = practice.path(special={"duration": 45})
    shown = client.get(fixed).content.decode()
    assert ("How long?" in shown, "45 min" in shown) == (False, True)
    assert submit(f"{fixed}?duration=60", start=minute("2026-11-04 09:00"), **DETAILS).status_code == 303
    assert minutes() == 45


def test_moving_keeps_the_length(practice: Practice, client: Client, submit: Submit) -> None:
    practice.change(durations=[60])
    submit(f"{practice.scheduling}?duration=60", start=minute(TIME), **DETAILS)
    path = manage_path(booked())
    assert "16:30" not in client.get(f"{path}/reschedule{DAY}").content.decode()
    assert submit(f"{path}/reschedule", start=minute("2026-11-03 11:00")).status_code == 303
    assert (booked().start_min, minutes()) == (minute("2026-11-03 11:00"), 60)


@pytest.mark.parametrize("kind", ["class", "event"])
def test_party_is_chosen_books_its_places_and_is_told(
    practice: Practice, client: Client, submit: Submit, kind: str
) -> None:
    become(practice, kind, capacity=4)
    practice.change(max_party=3)
    shown = client.get(practice.scheduling).content.decode()
    assert ("<option>3" in shown, "<option>4" in shown, "Who comes along?" in shown) == (True, False, False)
    two = f"{practice.scheduling}?party=2"
    assert "Who comes along?" in client.get(two).content.decode()
    assert submit(two, start=minute(TIME), guests=BEN, **DETAILS).status_code == 303
    booking = booked()
    assert (booking.seats, booking.guests) == (2, [{"name": "Ben Brown", "email": "ben@example.com"}])
    assert "09:00" not in text_of(client.get(f"{practice.scheduling}?party=3&day=2026-11-03"))
    assert "Places 2 Ben Brown" in text_of(client.get(manage_path(booking)))
    told = load(booking.id)
    assert told
    assert (rows(guest_booked(told))["Places"], rows(host_booked(told))["Also coming"]) == ("2", BEN)
    assert "ben@example.com" in [one.email for one in host_invite(told, ("A", "a@example.com")).attendees]


def test_too_many_companions_bring_the_form_back_with_them(practice: Practice, submit: Submit) -> None:
    become(practice, "class", capacity=4)
    practice.change(max_party=3)
    answer = submit(f"{practice.scheduling}?party=2", start=minute(TIME), guests=f"{BEN}\nCleo", **DETAILS)
    assert answer.status_code == 422
    assert "more people than places" in text_of(answer)
    assert "Ben Brown, ben@example.com\nCleo</textarea>" in answer.content.decode()


def test_party_larger_than_what_is_left_says_so_and_can_be_made_smaller(practice: Practice, client: Client) -> None:
    become(practice, "class", capacity=2)
    practice.change(max_party=2)
    plan = practice.calendar.compiled
    full = f"{practice.scheduling}?party=2"
    for start in (minute(TIME), minute("2026-11-03 09:30")):
        factories.booking(practice.calendar, start=from_min(start))
    assert plan.max_party == 2
    assert "09:00" not in text_of(client.get(f"{full}&day=2026-11-03"))
    assert "10:00" in text_of(client.get(f"{full}&day=2026-11-03"))


def test_page_without_times_for_a_party_lets_it_be_made_smaller(practice: Practice, client: Client) -> None:
    become(practice, "class", capacity=2)
    practice.change(max_party=2, range_kind="fixed", range_first="2026-11-03", range_last="2026-11-03", duration=480)
    factories.booking(practice.calendar, start=from_min(minute(TIME)))
    answer = client.get(f"{practice.path(special={'seats': 2})}?party=2")
    assert "no open times" in text_of(answer)
    assert 'name="party"' in answer.content.decode()


def test_moving_party_sees_times_with_room_for_all(practice: Practice, client: Client, submit: Submit) -> None:
    become(practice, "class", capacity=3)
    practice.change(max_party=3)
    submit(f"{practice.scheduling}?party=3", start=minute(TIME), **DETAILS)
    path = manage_path(booked())
    factories.booking(practice.calendar, start=from_min(minute("2026-11-03 14:00")))
    shown = text_of(client.get(f"{path}/reschedule{DAY}"))
    assert ("14:00" in shown, "15:00" in shown) == (False, True)


def test_guest_with_all_they_may_have_reads_what_to_do(practice: Practice, submit: Submit) -> None:
    practice.change(per_contact_limit=1)
    assert submit(practice.scheduling, start=minute(TIME), **DETAILS).status_code == 303
    link = practice.link()
    answer = submit("/o/" + keyring().sign("o1", link.id), start=minute("2026-11-03 11:00"), **DETAILS)
    assert answer.status_code == 409
    assert "You have an appointment already" in text_of(answer)
    assert "Anna Example" in answer.content.decode()
    link.refresh_from_db()
    assert link.uses == 0


def test_links_own_place_is_shown_before_and_after(practice: Practice, client: Client, submit: Submit) -> None:
    path = practice.path(special={"location": "Room 12, High Street"})
    assert "Room 12, High Street" in text_of(client.get(path))
    assert submit(path, start=minute(TIME), **DETAILS).status_code == 303
    assert "Where Room 12, High Street" in text_of(client.get(manage_path(booked())))
    told = load(booked().id)
    assert told
    assert rows(guest_booked(told))["Where"] == "Room 12, High Street"

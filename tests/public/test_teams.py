"""What a guest sees of calendars with several hosts or seats: places left, whom they may choose, all whom they meet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests import factories
from tests.public.conftest import DETAILS, Practice, Submit, manage_path, minute, text_of

from admitone.booking.models import Booking
from admitone.calendars.models import Host
from admitone.calendars.services import TeamHost, set_team
from admitone.notifications.appointments import load
from admitone.notifications.booked import guest_booked

TIME = "2026-11-03 09:00"
DAY = "?day=2026-11-03"


def become(practice: Practice, kind: str, names: str = "", **changes: Any) -> list[Host]:
    """The practice's calendar with another type, and hosts of these letters."""
    hosts = [factories.host(practice.account, name=f"Dr {name}") for name in names]
    rows = [TeamHost(host.id) for host in hosts] or None
    set_team(
        account=practice.account, calendar_id=practice.calendar.id, actor=practice.actor, now=practice.now,
        kind=kind, hosts=rows, **changes,
    )  # fmt: skip
    practice.calendar.refresh_from_db()
    return hosts


def booked() -> Booking:
    return Booking.objects.select_related("host").latest("id")


@pytest.mark.parametrize("kind", ["class", "event"])
def test_class_shows_its_places_until_the_last_is_sold(
    practice: Practice, client: Client, submit: Submit, kind: str
) -> None:
    become(practice, kind, capacity=2)
    assert "09:00 2 places left" in text_of(client.get(practice.scheduling + DAY))
    assert submit(practice.scheduling, start=minute(TIME), **DETAILS).status_code == 303
    assert "09:00 1 place left" in text_of(client.get(practice.scheduling + DAY))
    assert submit(practice.path(), start=minute(TIME), **DETAILS).status_code == 303
    assert "09:00" not in text_of(client.get(practice.scheduling + DAY))


def test_event_without_a_limit_counts_nothing(practice: Practice, client: Client) -> None:
    become(practice, "event")
    assert "left" not in text_of(client.get(practice.scheduling + DAY)).partition("09:00")[2][:40]


def test_guest_chooses_a_host_and_meets_that_one(practice: Practice, client: Client, submit: Submit) -> None:
    one, two = become(practice, "round_robin", "AB", guest_picks_host=True)
    shown = text_of(client.get(practice.scheduling))
    assert "With Anybody Dr A Dr B" in shown
    wanted = f"{practice.scheduling}?host={two.id}"
    assert submit(wanted, start=minute(TIME), **DETAILS).status_code == 303
    assert (booked().host, booked().host_reason) == (two, "wish")
    assert "09:00" not in text_of(client.get(f"{wanted}&day=2026-11-03"))
    assert "09:00" in text_of(client.get(f"{practice.scheduling}?host={one.id}&day=2026-11-03"))


def test_one_time_link_lets_its_guest_choose_too(practice: Practice, submit: Submit) -> None:
    _one, two = become(practice, "round_robin", "AB", guest_picks_host=True)
    assert submit(f"{practice.path()}?host={two.id}", start=minute(TIME), **DETAILS).status_code == 303
    assert booked().host == two


@pytest.mark.parametrize("host", ["nobody", "0" * 36, ""])
def test_unknown_host_in_the_address_is_nobody_in_particular(practice: Practice, client: Client, host: str) -> None:
    become(practice, "round_robin", "AB", guest_picks_host=True)
    assert client.get(f"{practice.scheduling}?host={host}").status_code == 200


def test_host_in_the_address_means_nothing_where_guests_do_not_choose(practice: Practice, submit: Submit) -> None:
    one, two = become(practice, "round_robin", "AB")
    assert submit(f"{practice.scheduling}?host={two.id}", start=minute(TIME), **DETAILS).status_code == 303
    assert booked().host in (one, two)
    assert booked().host_reason == "order"


def test_collective_names_all_hosts_on_every_page_and_mails_each(
    practice: Practice, client: Client, submit: Submit
) -> None:
    become(practice, "collective", "AB")
    assert "Dr A, Dr B" in text_of(client.get(practice.scheduling))
    assert submit(practice.scheduling, start=minute(TIME), **DETAILS).status_code == 303
    assert "With Dr A, Dr B" in text_of(client.get(manage_path(booked())))
    one = load(UUID(str(booked().id)))
    assert one
    assert guest_booked(one).rows[-1].value.startswith("Dr A, Dr B")


def test_moving_a_class_shows_the_places_elsewhere(practice: Practice, client: Client) -> None:
    become(practice, "class", capacity=2)
    booking = practice.booking()
    page = text_of(client.get(f"{manage_path(booking)}/reschedule{DAY}"))
    assert "10:00 2 places left" in page

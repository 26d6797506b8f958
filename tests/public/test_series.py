"""Series on the guest's pages: nothing is booked before the dates were seen; all of them or none."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.public.conftest import DETAILS, LOCAL, Practice, Submit, form_of, manage_path, minute, text_of

from admitone.booking.models import Booking
from admitone.links.models import OneTimeLink

NINE = minute("2026-11-03 09:00")
WEEKLY = {"start": NINE, "repeat": "week", "times": "3", **DETAILS}


@pytest.fixture
def weekly(practice: Practice) -> Practice:
    practice.change(series_max=6)
    return practice


def confirm(client: Client, path: str, preview: object, **values: object) -> object:
    html = preview.content.decode()  # type: ignore[attr-defined]
    sure = re.search(r'name="sure" value="([^"]+)"', html)
    fields = {**form_of(html), "repeat": "week", "times": "3", "sure": sure.group(1) if sure else ""}
    return client.post(path, {**fields, **values}, **LOCAL)


def test_page_asks_for_a_series_only_where_there_is_one(weekly: Practice, client: Client) -> None:
    assert "Repeat this appointment" in text_of(client.get(weekly.scheduling))
    assert "Repeat this appointment" not in text_of(client.get(weekly.path()))
    assert "Repeat this appointment" in text_of(client.get(weekly.path(special={"series": 4})))
    weekly.change(series_max=1)
    assert "Repeat this appointment" not in text_of(client.get(weekly.scheduling))


def test_dates_are_listed_before_anything_is_booked(weekly: Practice, client: Client, submit: Submit) -> None:
    answer = submit(weekly.scheduling, **WEEKLY)
    assert (answer.status_code, Booking.objects.count()) == (200, 0)
    for part in ("Check the dates", "Tue, 3 Nov", "Tue, 10 Nov", "Tue, 17 Nov", "Book these 3 appointments"):
        assert part in text_of(answer)


def test_confirmed_dates_are_booked_and_shown_on_the_manage_page(
    weekly: Practice, client: Client, submit: Submit
) -> None:
    preview = submit(weekly.scheduling, **WEEKLY)
    answer = confirm(client, weekly.scheduling, preview)
    assert (answer.status_code, Booking.objects.count()) == (303, 3)
    shown = text_of(client.get(answer["Location"]))
    for part in ("You are booked", "All dates", "Tue, 17 Nov"):
        assert part in shown
    again = confirm(client, weekly.scheduling, preview)
    assert (again["Location"], Booking.objects.count()) == (answer["Location"], 3)


def test_dates_that_are_not_open_are_marked_and_cannot_be_confirmed(
    weekly: Practice, client: Client, submit: Submit
) -> None:
    weekly.booking("2026-11-10 09:00")
    preview = submit(weekly.scheduling, **WEEKLY)
    shown = text_of(preview)
    assert "1 date is not open" in shown
    assert "Already taken." in shown
    assert "Book these" not in shown
    assert confirm(client, weekly.scheduling, preview, sure=f"{NINE}:week:3").status_code == 409
    assert Booking.objects.count() == 1


def test_somebody_takes_a_date_meanwhile_and_the_list_comes_back(
    weekly: Practice, client: Client, submit: Submit
) -> None:
    preview = submit(weekly.scheduling, **WEEKLY)
    weekly.booking("2026-11-10 09:00")
    answer = confirm(client, weekly.scheduling, preview)
    assert (answer.status_code, Booking.objects.count()) == (409, 1)
    assert "1 date is not open" in text_of(answer)


def test_another_number_shows_its_dates_first(weekly: Practice, client: Client, submit: Submit) -> None:
    preview = submit(weekly.scheduling, **WEEKLY)
    answer = confirm(client, weekly.scheduling, preview, times="4")
    assert (answer.status_code, Booking.objects.count()) == (200, 0)
    assert "Book these 4 appointments" in text_of(answer)


def test_way_back_keeps_what_was_typed(weekly: Practice, client: Client, submit: Submit) -> None:
    preview = submit(weekly.scheduling, **WEEKLY)
    answer = confirm(client, weekly.scheduling, preview, back="1", sure="")
    html = answer.content.decode()
    assert 'value="Anna Example"' in html
    assert '<option value="week" selected>' in html
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(("repeat", "times"), [("week", "7"), ("week", "1"), ("day", "2"), ("week", "x")])
def test_odd_series_bring_the_form_back(weekly: Practice, submit: Submit, repeat: str, times: str) -> None:
    answer = submit(weekly.scheduling, **{**WEEKLY, "repeat": repeat, "times": times})
    assert (answer.status_code, Booking.objects.count()) == (422, 0)
    assert "Choose from 2 to 6 appointments." in text_of(answer)


def test_link_books_a_series_as_one_use(practice: Practice, client: Client, submit: Submit) -> None:
    path = practice.path(special={"series": 3}, contact=practice.contact(), contact_policy="refuse")
    preview = submit(path, start=NINE, repeat="week", times="3")
    assert list(OneTimeLink.objects.values_list("uses", flat=True)) == [0]
    answer = confirm(client, path, preview)
    assert (answer.status_code, Booking.objects.count()) == (303, 3)
    assert list(OneTimeLink.objects.values_list("uses", flat=True)) == [1]


def test_link_without_series_ignores_no_tampering(practice: Practice, submit: Submit) -> None:
    answer = submit(practice.path(), **WEEKLY)
    assert (answer.status_code, Booking.objects.count()) == (422, 0)


def test_guest_cancels_one_or_all_that_follow(weekly: Practice, client: Client, submit: Submit) -> None:
    confirm(client, weekly.scheduling, submit(weekly.scheduling, **WEEKLY))
    first, second, third = Booking.objects.order_by("series_n")
    asked = client.get(f"{manage_path(second)}/cancel")
    assert "This one and the 1 that follows" in text_of(asked)
    path = f"{manage_path(second)}/cancel"
    client.post(path, {**form_of(asked.content.decode()), "following": "1"}, **LOCAL)
    states = list(Booking.objects.order_by("series_n").values_list("status", flat=True))
    assert states == ["confirmed", "cancelled", "cancelled"]
    assert "This one and" not in text_of(client.get(f"{manage_path(first)}/cancel"))
    assert third.status == "confirmed"

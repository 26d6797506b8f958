"""Scheduling and permanent links: the same page, an address that follows renames, and calendars that hide."""

from __future__ import annotations

from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests import factories
from tests.public.conftest import DETAILS, LOCAL, Practice, Submit, form_of, minute

from admitone.booking.models import Booking
from admitone.calendars.services import change_slug

TIME = "2026-11-03 09:00"


def permanent(practice: Practice) -> str:
    return f"/c/{practice.calendar.id}"


def test_page_takes_two_statements(
    practice: Practice, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in (practice.scheduling, permanent(practice)):
        with django_assert_num_queries(2):
            assert client.get(path).status_code == 200


def test_both_addresses_book(practice: Practice, submit: Submit) -> None:
    assert submit(practice.scheduling, start=minute(TIME), **DETAILS).status_code == 303
    assert submit(permanent(practice), start=minute("2026-11-03 10:00"), **DETAILS).status_code == 303
    assert list(Booking.objects.order_by("start_min").values_list("source", flat=True)) == [
        "scheduling_link",
        "permanent_link",
    ]


def test_double_tap_books_once(practice: Practice, client: Client) -> None:
    fields = {**form_of(client.get(practice.scheduling).content.decode()), "start": minute(TIME), **DETAILS}
    places = {client.post(practice.scheduling, fields, **LOCAL)["Location"] for _ in range(2)}
    assert (len(places), Booking.objects.count()) == (1, 1)


def test_changed_resubmit_of_a_sent_form_leads_to_the_booking(practice: Practice, client: Client) -> None:
    fields = {**form_of(client.get(practice.scheduling).content.decode()), "start": minute(TIME), **DETAILS}
    first = client.post(practice.scheduling, fields, **LOCAL)["Location"]
    again = client.post(practice.scheduling, {**fields, "start": minute("2026-11-03 10:00")}, **LOCAL)["Location"]
    assert again.partition("?")[0] == first.partition("?")[0]


def test_page_does_not_speak_of_a_single_use(practice: Practice, client: Client) -> None:
    assert "can be used once" not in client.get(practice.scheduling).content.decode()


def test_old_address_redirects_and_keeps_the_query(practice: Practice, client: Client) -> None:
    old = practice.scheduling
    change_slug(
        account=practice.account,
        calendar_id=practice.calendar.id,
        actor=practice.actor,
        now=practice.now,
        slug="checkup",
    )
    answer = client.get(f"{old}?tz=Asia%2FTokyo")
    assert (answer.status_code, answer["Location"]) == (303, f"/{practice.account.slug}/checkup?tz=Asia%2FTokyo")
    assert client.get(permanent(practice)).status_code == 200


def test_calendar_for_one_time_links_answers_like_an_unknown_one(practice: Practice, client: Client) -> None:
    practice.change(access="one_time")
    for path in (practice.scheduling, permanent(practice), f"{practice.scheduling}?embed=1"):
        unknown = client.get(f"/nobody/nothing?{path.partition('?')[2]}")
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, unknown.content)
        assert answer["Content-Security-Policy"] == unknown["Content-Security-Policy"]
    assert client.get(practice.path()).status_code == 200


def test_lost_slot_does_not_speak_of_a_link(practice: Practice, client: Client) -> None:
    fields = form_of(client.get(practice.scheduling).content.decode())
    practice.booking(TIME)
    answer = client.post(practice.scheduling, {**fields, "start": minute(TIME), **DETAILS}, **LOCAL)
    assert (answer.status_code, "link has not been used" in answer.content.decode()) == (409, False)


def test_slash_at_the_end_leads_to_the_address_without_it(practice: Practice, client: Client) -> None:
    for path in (practice.scheduling, permanent(practice), "/o/x%0Ay", "/b/x", "/nobody/nothing"):
        response = client.get(f"{path}/?tz=UTC&lang=de")
        assert (response.status_code, response["Location"]) == (301, f"{path}?tz=UTC&lang=de")


def test_missing_slash_of_the_signed_in_area_is_added(practice: Practice, client: Client) -> None:
    factories.owner(practice.account)
    response = client.get("/accounts/login")
    assert (response.status_code, response["Location"]) == (301, "/accounts/login/")

"""A group's page and its one-time link: cards that lead to calendars, the way back, and one booking in all."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.public.conftest import DETAILS, LOCAL, Practice, Submit, form_of, minute, text_of

from admitone.accounts.addresses import one_time_url
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.calendars.queries import group_by_id_or_slug
from admitone.calendars.services import (
    create_calendar,
    create_group,
    delete_group,
    set_active,
    set_group_active,
    set_members,
    update_calendar,
    update_group,
)
from admitone.events import Event
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.links.services import issue

NINE = "2026-11-03 09:00"


@pytest.fixture
def check_up(practice: Practice) -> Calendar:
    return create_calendar(
        **who(practice),
        name="Check-up",
        duration=60,
        notice=0,
        description="Once a year.",
        location_kind="phone",
        hours={day: [(540, 1020)] for day in range(5)},
    )


@pytest.fixture
def group(practice: Practice, check_up: Calendar) -> CalendarGroup:
    ids = [practice.calendar.id, check_up.id]
    return create_group(**who(practice), name="Visits", description="All we do.", calendars=ids)


@pytest.fixture
def page(practice: Practice, group: CalendarGroup) -> str:
    return f"/{practice.account.slug}/g/visits"


@pytest.fixture
def path(practice: Practice, group: CalendarGroup) -> str:
    return path_of(practice, group)


def who(practice: Practice) -> dict[str, Any]:
    return {"account": practice.account, "actor": practice.actor, "now": practice.now}


def path_of(practice: Practice, group: CalendarGroup, **terms: Any) -> str:
    link = issue(**who(practice), group=group, created_by=practice.owner, **terms)
    return urlsplit(one_time_url(link.id)).path


def cards(html: str) -> dict[str, str]:
    """Name of a card -> where it leads."""
    found = re.findall(r'<h3><a href="([^"]*)">([^<]*)</a></h3>', html)
    return {name: href.replace("&amp;", "&") for href, name in found}


def back(html: str) -> str:
    found = re.search(r'<p class="keep-it"><a href="([^"]*)">Choose another', html)
    return found[1].replace("&amp;", "&") if found else ""


def test_page_shows_what_can_be_booked_and_leads_there(practice: Practice, client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    for words in ("Visits", "All we do.", "First visit", "30 min", "Check-up", "1 hr", "Phone call", "Once a year."):
        assert words in text_of(answer)
    assert cards(answer.content.decode()) == {
        "First visit": f"/{practice.account.slug}/first-visit?group=visits",
        "Check-up": f"/{practice.account.slug}/check-up?group=visits",
    }


@pytest.mark.parametrize("more", [0, 3])
def test_page_takes_four_statements_whatever_the_number_of_its_calendars(
    practice: Practice, group: CalendarGroup, client: Client, page: str, more: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    own = list(group.calendars.values_list("id", flat=True))
    made = [create_calendar(**who(practice), name=f"More {n}").id for n in range(more)]
    set_members(**who(practice), group_id=group.id, calendars=[*own, *made])
    with django_assert_num_queries(4):
        assert len(cards(client.get(page).content.decode())) == 2 + more


def test_page_says_when_each_calendar_is_next_open(
    practice: Practice, client: Client, submit: Submit, page: str
) -> None:
    assert text_of(client.get(page)).count("Next: Mon, 2 Nov, 10:00") == 2
    near = f"{page}?tz=Asia/Tokyo"
    assert text_of(client.get(near)).count("Next: Mon, 2 Nov, 18:00") == 2
    assert "Asia/Tokyo" in text_of(client.get(near))


def test_old_address_leads_to_the_group_until_another_takes_it(
    practice: Practice, group: CalendarGroup, client: Client, page: str
) -> None:
    update_group(**who(practice), group_id=group.id, slug="consultations")
    answer = client.get(f"{page}?tz=Asia/Tokyo")
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"/{practice.account.slug}/g/consultations?tz=Asia%2FTokyo",
    )
    assert group_by_id_or_slug(practice.account, "visits") == group
    other = create_group(**who(practice), name="Visits")
    assert "Visits" in text_of(client.get(page))
    update_group(**who(practice), group_id=other.id, slug="others")
    assert client.get(page)["Location"] == f"/{practice.account.slug}/g/others"
    delete_group(**who(practice), group_id=other.id)
    assert client.get(page).status_code == 404


def test_calendar_leads_back_to_the_group_and_books(
    practice: Practice, client: Client, submit: Submit, page: str
) -> None:
    there = cards(client.get(f"{page}?tz=Europe/London&embed=1").content.decode())["Check-up"]
    html = client.get(there).content.decode()
    assert back(html) == f"{page}?tz=Europe%2FLondon&embed=1"
    assert submit(there, start=minute(NINE), **DETAILS)["Location"].startswith("/b/")
    assert Booking.objects.get().calendar.name == "Check-up"


@pytest.mark.parametrize("slug", ["", "../../evil", "//evil.example", "a b", 'x"><b>'])
def test_way_back_is_a_group_of_the_account_or_nothing(practice: Practice, client: Client, slug: str) -> None:
    html = client.get(practice.scheduling, {"group": slug}).content.decode()
    assert (back(html), "evil.example/" in html) == ("", False)


def test_answer_is_private_and_not_indexed(client: Client, page: str) -> None:
    answer = client.get(page)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert dict(answer.cookies) == {}
    assert client.post(page).status_code == 405


def test_slash_at_the_end_leads_to_the_page(client: Client, page: str) -> None:
    assert client.get(f"{page}/")["Location"] == page


def test_group_may_be_framed_where_one_of_its_calendars_may(practice: Practice, client: Client, page: str) -> None:
    assert "frame-ancestors 'none'" in client.get(page)["Content-Security-Policy"]
    practice.change(embed_origins=["https://shop.example"])
    assert "frame-ancestors https://shop.example" in client.get(page)["Content-Security-Policy"]


def test_unknown_deleted_and_foreign_groups_are_one_answer(
    practice: Practice, client: Client, page: str, group: CalendarGroup
) -> None:
    known = client.get(page).status_code
    delete_group(**who(practice), group_id=group.id)
    answers = [client.get(each) for each in (page, f"/{practice.account.slug}/g/nothing", "/nobody-here/g/visits")]
    assert (known, {answer.status_code for answer in answers}) == (200, {404})
    assert len({text_of(answer) for answer in answers}) == 1


def test_paused_group_says_so(practice: Practice, client: Client, page: str, group: CalendarGroup) -> None:
    set_group_active(**who(practice), group_id=group.id, active=False)
    answer = client.get(page)
    assert (answer.status_code, "Bookings are paused" in text_of(answer)) == (200, True)
    assert cards(answer.content.decode()) == {}


def test_group_without_open_calendars_names_whom_to_ask(
    practice: Practice, client: Client, page: str, check_up: Calendar
) -> None:
    set_active(**who(practice), calendar_id=practice.calendar.id, active=False)
    update_calendar(**who(practice), calendar_id=check_up.id, access="one_time")
    answer = client.get(page)
    assert answer.status_code == 200
    assert "There is nothing to book at the moment Please contact Lime Practice" in text_of(answer)


def test_link_shows_the_calendars_and_that_it_works_once(client: Client, path: str) -> None:
    answer = client.get(path)
    assert "This link can be used once" in text_of(answer)
    assert list(cards(answer.content.decode())) == ["First visit", "Check-up"]


@pytest.mark.parametrize(("chosen", "expected"), [(False, 2), (True, 3)])
def test_link_takes_one_statement_more_than_a_calendars_own(
    client: Client, path: str, check_up: Calendar, chosen: bool, expected: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    query = {"calendar": str(check_up.id)} if chosen else {}
    with django_assert_num_queries(expected):
        assert client.get(path, query).status_code == 200


def test_choice_leads_to_the_picker_with_a_way_back_and_books_once(
    client: Client, submit: Submit, path: str, check_up: Calendar
) -> None:
    there = cards(client.get(f"{path}?tz=Europe/London").content.decode())["Check-up"]
    html = client.get(there).content.decode()
    assert ("Check-up" in html, back(html)) == (True, f"{path}?tz=Europe%2FLondon")
    assert f"?day=2026-11-04&amp;tz=Europe%2FLondon&amp;calendar={check_up.id}" in html
    answer = submit(there, start=minute(NINE), **DETAILS)
    assert answer["Location"] == f"{answer['Location'].partition('?')[0]}?tz=Europe%2FLondon&new=1"
    booking = Booking.objects.get()
    assert (booking.calendar_id, booking.source) == (check_up.id, "one_time_link")
    other = Client().get(path)
    assert (other.status_code, "has already been used" in text_of(other)) == (410, True)
    assert Client().get(there).status_code == 410


def test_slug_names_the_calendar_as_well(client: Client, path: str) -> None:
    assert "Once a year." in text_of(client.get(f"{path}?calendar=check-up"))


def test_double_tap_leads_to_the_same_booking(client: Client, path: str) -> None:
    there = cards(client.get(path).content.decode())["Check-up"]
    fields = {**form_of(client.get(there).content.decode()), "start": minute(NINE), **DETAILS}
    answers = [client.post(there, fields, **LOCAL) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]


def test_calendar_taken_out_meanwhile_brings_the_cards_back_and_leaves_the_link_unused(
    practice: Practice, client: Client, path: str, group: CalendarGroup, check_up: Calendar
) -> None:
    there = cards(client.get(path).content.decode())["Check-up"]
    fields = {**form_of(client.get(there).content.decode()), "start": minute(NINE), **DETAILS}
    third = create_calendar(**who(practice), name="Third")
    set_members(**who(practice), group_id=group.id, calendars=[practice.calendar.id, third.id])
    answer = client.post(there, fields, **LOCAL)
    assert (answer.status_code, OneTimeLink.objects.get().uses) == (409, 0)
    assert "That cannot be chosen any more Your link has not been used." in text_of(answer)
    assert list(cards(answer.content.decode())) == ["First visit", "Third"]
    assert client.get(there).status_code == 200


def test_foreign_calendar_in_the_address_books_nothing(
    practice: Practice, client: Client, path: str, check_up: Calendar
) -> None:
    outside = create_calendar(**who(practice), name="Outside", notice=0)
    there = cards(client.get(path).content.decode())["Check-up"]
    fields = {**form_of(client.get(there).content.decode()), "start": minute(NINE), **DETAILS}
    answer = client.post(f"{path}?calendar={outside.id}", fields, **LOCAL)
    assert (answer.status_code, Booking.objects.count()) == (409, 0)


def test_only_calendar_is_shown_at_once_without_a_way_back(
    practice: Practice, client: Client, path: str, group: CalendarGroup, submit: Submit
) -> None:
    set_members(**who(practice), group_id=group.id, calendars=[practice.calendar.id])
    html = client.get(path).content.decode()
    assert ('id="book"' in html, back(html)) == (True, "")
    assert submit(path, start=minute(NINE), **DETAILS).status_code == 303


def test_link_without_calendars_lets_the_guest_ask_for_a_time(
    practice: Practice, client: Client, path: str, group: CalendarGroup
) -> None:
    set_members(**who(practice), group_id=group.id, calendars=[])
    answer = client.get(path)
    assert "Tell Dr Lime what would suit you. Your link stays valid." in text_of(answer)
    fields = form_of(answer.content.decode())
    sent = client.post(f"{path}/request", {**fields, "name": "Eve", "email": "eve@example.com"}, **LOCAL)
    assert (sent.status_code, LinkRequest.objects.get().kind) == (303, "ask_time")
    assert client.get(sent["Location"]).status_code == 200


@pytest.mark.parametrize(("state", "status"), [("paused", 200), ("deleted", 410)])
def test_closed_group_closes_its_link(
    practice: Practice, client: Client, path: str, group: CalendarGroup, state: str, status: int
) -> None:
    if state == "paused":
        set_group_active(**who(practice), group_id=group.id, active=False)
    else:
        delete_group(**who(practice), group_id=group.id)
    answer = client.get(path)
    assert (answer.status_code, cards(answer.content.decode())) == (status, {})


def test_code_of_a_bound_link_is_asked_for_with_the_choice_kept(
    practice: Practice, client: Client, group: CalendarGroup, check_up: Calendar
) -> None:
    path = path_of(practice, group, contact=practice.contact(), contact_policy="verify")
    there = f"{path}?calendar={check_up.id}"
    html = client.get(there).content.decode()
    assert f'formaction="{path}/code?calendar={check_up.id}"' in html
    answer = client.post(f"{path}/code?calendar={check_up.id}", form_of(html), **LOCAL)
    assert (answer.status_code, "A code is on its way" in text_of(answer)) == (200, True)
    assert "bea@example.com" not in client.get(path).content.decode()


def test_owner_hears_that_offered_times_are_gone_when_no_calendar_has_one(
    practice: Practice, client: Client, group: CalendarGroup
) -> None:
    late, dead = minute("2026-11-03 16:30"), minute("2026-11-03 19:00")
    for offered, told in (([(late, late + 30)], 0), ([(dead, dead + 30)], 1)):
        path = path_of(practice, group, offered=offered)
        client.post(f"{path}/opened", **LOCAL)
        assert Event.objects.filter(kind="one_time_link.offered_gone").count() == told


def test_framed_page_speaks_to_the_page_around_and_stays_in_its_frame(
    practice: Practice, client: Client, page: str
) -> None:
    practice.change(embed_origins=["https://shop.example"])
    html = client.get(f"{page}?embed=1&origin=https://shop.example&id=a1").content.decode()
    assert 'data-origin="https://shop.example"' in html
    assert cards(html)["First visit"].endswith("?embed=1&origin=https%3A%2F%2Fshop.example&id=a1&group=visits")
    assert "data-origin" not in client.get(f"{page}?embed=1&origin=https://evil.example").content.decode()

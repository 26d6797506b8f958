"""The one-time link while it lives: what its page shows, how it books, and what brings the form back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.public.conftest import DETAILS, LOCAL, Practice, Submit, form_of, minute, text_of

from admitone.booking.models import Booking
from admitone.links.models import OneTimeLink
from admitone.public import seals

NINE = "2026-11-03 09:00"


def uses() -> list[int]:
    return list(OneTimeLink.objects.values_list("uses", flat=True))


def test_page_says_what_it_books_and_that_it_works_once(practice: Practice, client: Client) -> None:
    answer = client.get(practice.path())
    assert answer.status_code == 200
    for part in (
        "First visit",
        "Dr Lime",
        "30 min",
        "This link can be used once",
        "Europe/Berlin",
        "GMT+1",
        "Mon, 2 Nov",
    ):
        assert part in text_of(answer)


def test_page_takes_two_statements(
    practice: Practice, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = practice.path(contact=practice.contact())
    with django_assert_num_queries(2):
        client.get(path)


def test_page_with_a_day_limit_takes_three_statements(
    practice: Practice, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    practice.change(per_day_limit=3)
    path = practice.path()
    with django_assert_num_queries(3):
        client.get(path)


def test_answer_is_private_and_sets_no_cookie(practice: Practice, client: Client) -> None:
    answer = client.get(practice.path())
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert 'content="noindex, nofollow"' in answer.content.decode()
    assert dict(answer.cookies) == {}


def test_preview_card_names_neither_slug_nor_guest(practice: Practice, client: Client) -> None:
    html = client.get(practice.path(contact=practice.contact())).content.decode()
    head = html[: html.index("</head>")]
    assert [word for word in ("first-visit", practice.account.slug, "Bea", "bea@") if word in head] == []


def test_booking_ends_on_the_guests_own_page(practice: Practice, client: Client, submit: Submit) -> None:
    answer = submit(practice.path(), start=minute(NINE), **DETAILS)
    booking = Booking.objects.get()
    assert (answer.status_code, answer["Location"].startswith("/b/")) == (303, True)
    assert (booking.start_min, booking.name, booking.email) == (minute(NINE), "Anna Example", "anna@example.com")
    assert (booking.source, booking.guest_timezone, uses()) == ("one_time_link", "Europe/Berlin", [1])
    assert client.get(answer["Location"]).status_code == 200


def test_double_tap_leads_to_the_same_booking(practice: Practice, client: Client) -> None:
    path = practice.path()
    fields = {**form_of(client.get(path).content.decode()), "start": minute(NINE), **DETAILS}
    answers = [client.post(path, fields, **LOCAL) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert uses() == [1]


def test_back_and_resubmit_with_another_time_leads_to_the_booking(practice: Practice, client: Client) -> None:
    path = practice.path()
    fields = {**form_of(client.get(path).content.decode()), "start": minute(NINE), **DETAILS}
    first = client.post(path, fields, **LOCAL)
    again = client.post(path, {**fields, "start": minute("2026-11-03 10:00")}, **LOCAL)
    assert (again.status_code, again["Location"].partition("?")[0]) == (303, first["Location"].partition("?")[0])
    assert Booking.objects.count() == 1


def test_browser_that_booked_finds_its_booking_behind_the_used_link(
    practice: Practice, client: Client, submit: Submit
) -> None:
    path = practice.path()
    manage = submit(path, start=minute(NINE), **DETAILS)["Location"].partition("?")[0]
    mine, other = client.get(path), Client().get(path)
    assert (mine.status_code, f'href="{manage}"' in mine.content.decode()) == (200, True)
    assert (other.status_code, manage in other.content.decode()) == (410, False)


def test_cookie_of_another_link_is_not_believed(practice: Practice, client: Client, submit: Submit) -> None:
    path, other = practice.path(), practice.path()
    submit(path, start=minute(NINE), **DETAILS)
    submit(other, start=minute("2026-11-03 10:00"), **DETAILS)
    value = client.cookies[seals.BOOKED_COOKIE].value
    stranger = Client()
    stranger.cookies[seals.BOOKED_COOKIE] = value
    assert stranger.get(path).status_code == 410


def test_lost_slot_brings_the_form_back_with_the_nearest_times(
    practice: Practice, client: Client, submit: Submit
) -> None:
    path = practice.path()
    fields = form_of(client.get(path).content.decode())
    practice.booking("2026-11-03 10:30")
    answer = client.post(path, {**fields, "start": minute("2026-11-03 10:30"), **DETAILS}, **LOCAL)
    html = answer.content.decode()
    assert (answer.status_code, uses()) == (409, [0])
    assert "10:30 has just been taken" in text_of(answer)
    assert 'value="Anna Example"' in html
    near = [minute(f"2026-11-03 {time}") for time in ("09:30", "10:00", "11:00")]
    assert [start for start in near if f'name="pick" value="{start}"' in html] == near
    picked = client.post(path, {**form_of(html), "pick": near[1], **DETAILS}, **LOCAL)
    assert (picked.status_code, uses()) == (303, [1])


def test_time_that_was_never_offered_is_refused(practice: Practice, submit: Submit) -> None:
    for wrong in (minute("2026-11-03 09:10"), minute("2026-11-07 09:00"), 1, 999_999_999):
        assert submit(practice.path(), start=wrong, **DETAILS).status_code == 422
    assert set(uses()) == {0}


@pytest.mark.parametrize("start", ["", "x", "-5", "1e9", "9" * 400, "²"])
def test_nonsense_start_asks_for_a_time(practice: Practice, submit: Submit, start: str) -> None:
    answer = submit(practice.path(), start=start, **DETAILS)
    assert (answer.status_code, "Choose a time first" in text_of(answer)) == (422, True)


def test_wrong_fields_come_back_with_a_focused_summary_and_all_values(practice: Practice, submit: Submit) -> None:
    answer = submit(practice.path(), start=minute(NINE), name="", email="nowhere", note="My knee")
    html = answer.content.decode()
    assert (answer.status_code, uses()) == (422, [0])
    assert 'class="error-summary"' in html
    assert 'href="#id_email"' in html
    assert 'value="nowhere"' in html
    assert "My knee" in html
    assert f'value="{minute(NINE)}" data-when="Tue, 3 Nov, 09:00" required checked' in html


def test_control_characters_and_huge_fields_are_a_clear_refusal(practice: Practice, submit: Submit) -> None:
    for wrong in ({"name": "x" * 5000}, {"email": "\x00"}, {"note": "y" * 3000}):
        assert submit(practice.path(), start=minute(NINE), **{**DETAILS, **wrong}).status_code == 422


def test_form_of_another_link_is_refused(practice: Practice, client: Client, submit: Submit) -> None:
    foreign = form_of(client.get(practice.path()).content.decode())["form"]
    answer = submit(practice.path(), seal=foreign, start=minute(NINE), **DETAILS)
    assert (answer.status_code, set(uses())) == (403, {0})


def test_old_page_comes_back_with_the_form_kept_and_then_works(practice: Practice, client: Client, freeze: Any) -> None:
    path = practice.path()
    fields = form_of(client.get(path).content.decode())
    freeze.shift(timedelta(hours=13))
    answer = client.post(path, {**fields, "start": minute(NINE), **DETAILS}, **LOCAL)
    assert (answer.status_code, "This page is old" in text_of(answer)) == (403, True)
    again = {**form_of(answer.content.decode()), "start": minute("2026-11-03 11:00"), **DETAILS}
    assert client.post(path, again, **LOCAL).status_code == 303


@pytest.mark.parametrize(
    "headers", [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}]
)
def test_form_sent_by_another_site_is_refused(practice: Practice, client: Client, headers: dict[str, str]) -> None:
    path = practice.path()
    fields = {**form_of(client.get(path).content.decode()), "start": minute(NINE), **DETAILS}
    assert client.post(path, fields, **headers).status_code == 403
    assert (uses(), client.post(path, fields).status_code) == ([0], 303)


def test_bound_contact_books_with_a_slot_alone(practice: Practice, submit: Submit, client: Client) -> None:
    path = practice.path(contact=practice.contact())
    page = text_of(client.get(path))
    assert ("Booking as Bea Bound" in page, "Not you?" in page) == (True, True)
    assert submit(path, start=minute(NINE)).status_code == 303
    assert Booking.objects.get().email == "bea@example.com"


def test_somebody_else_may_use_a_prefilled_link(practice: Practice, submit: Submit) -> None:
    assert submit(practice.path(contact=practice.contact()), start=minute(NINE), **DETAILS).status_code == 303
    assert Booking.objects.get().email == "anna@example.com"


def test_locked_link_has_no_fields_and_refuses_another_address(
    practice: Practice, client: Client, submit: Submit
) -> None:
    path = practice.path(contact=practice.contact(), contact_policy="refuse")
    assert 'name="email"' not in client.get(path).content.decode()
    assert submit(path, start=minute(NINE), **DETAILS).status_code == 403
    assert uses() == [0]
    assert submit(path, start=minute(NINE)).status_code == 303


def test_verify_link_hides_the_address_and_asks_for_the_code(
    practice: Practice, client: Client, submit: Submit
) -> None:
    path = practice.path(contact=practice.contact(), contact_policy="verify")
    html = client.get(path).content.decode()
    assert ("bea@example.com" in html, "Bea" in html, "b•••@example.com" in html) == (False, False, True)
    assert submit(path, start=minute(NINE)).status_code == 403
    assert submit(path, start=minute(NINE), code="000000").status_code == 403
    asked = submit(f"{path}/code", page=path, start=minute(NINE))
    assert (asked.status_code, "A code is on its way" in text_of(asked)) == (200, True)
    assert f'value="{minute(NINE)}" data-when="Tue, 3 Nov, 09:00" required checked' in asked.content.decode()
    assert uses() == [0]


def test_verify_link_books_with_its_code(practice: Practice, submit: Submit) -> None:
    from admitone.links.services import make_code

    path = practice.path(contact=practice.contact(), contact_policy="verify")
    code = make_code(OneTimeLink.objects.get().id, practice.now)
    assert submit(path, start=minute(NINE), code=code).status_code == 303


def test_single_offered_time_needs_only_confirm(practice: Practice, client: Client, submit: Submit) -> None:
    path = practice.path(contact=practice.contact(), offered=[(minute(NINE), minute("2026-11-03 09:30"))])
    html = client.get(path).content.decode()
    assert ('type="radio"' in html, "<table" in html, "Tue, 3 Nov, 09:00" in html) == (False, False, True)
    assert submit(path).status_code == 303


def test_offered_times_are_all_that_is_shown(practice: Practice, client: Client) -> None:
    path = practice.path(
        offered=[(minute(NINE), minute("2026-11-03 10:00")), (minute("2026-11-05 14:00"), minute("2026-11-05 14:30"))]
    )
    html = client.get(path).content.decode()
    assert html.count('type="radio"') == 3
    assert ("Tue, 3 Nov" in html, "Thu, 5 Nov" in html) == (True, True)


def test_offered_times_that_are_gone_lead_to_a_request(practice: Practice, client: Client, submit: Submit) -> None:
    path = practice.path(offered=[(minute(NINE), minute("2026-11-03 09:30"))])
    practice.booking(NINE)
    page = client.get(path)
    assert (page.status_code, "All the offered times are gone" in text_of(page)) == (200, True)
    assert OneTimeLink.objects.get().gone_told_at is None
    client.post(f"{path}/opened", **LOCAL)
    assert OneTimeLink.objects.get().gone_told_at == practice.now
    sent = submit(f"{path}/request", page=path, **DETAILS, note="Any morning")
    asked = OneTimeLink.objects.get().requests.get()
    assert (sent.status_code, asked.kind, asked.note) == (303, "ask_time", "Any morning")


def test_no_open_time_at_all_leads_to_a_request(practice: Practice, client: Client) -> None:
    practice.change(range_kind="fixed", range_first="2027-08-01", range_last="2027-08-01")
    answer = client.get(practice.path())
    assert (answer.status_code, "There are no open times at the moment" in text_of(answer)) == (200, True)
    assert "Ask for a time" in text_of(answer)


def test_month_without_times_jumps_to_the_next_open_day(practice: Practice, client: Client) -> None:
    practice.change(range_kind="fixed", range_first="2026-12-08", range_last="2026-12-20")
    path = practice.path()
    assert "December 2026" in text_of(client.get(path))
    shown = client.get(f"{path}?month=2026-11")
    assert "Next available: Tue, 8 Dec" in text_of(shown)
    assert 'href="?day=2026-12-08"' in shown.content.decode()


def test_zone_of_the_query_decides_and_is_carried_on(practice: Practice, client: Client) -> None:
    html = client.get(f"{practice.path()}?tz=America/New_York").content.decode()
    assert "America/New_York" in html
    assert 'name="tz" value="America/New_York"' in html
    assert "?day=2026-11-03&amp;tz=America%2FNew_York" in html


def test_locked_zone_ignores_the_query(practice: Practice, client: Client) -> None:
    practice.change(zone_locked=True)
    html = client.get(f"{practice.path()}?tz=Asia/Tokyo").content.decode()
    assert ('<select id="tz"' in html, "data-timezone=" in html, 'name="tz" value="Europe/Berlin"' in html) == (
        False,
        False,
        True,
    )


def test_bad_query_values_are_ignored(practice: Practice, client: Client) -> None:
    path = practice.path()
    for query in ("tz=Mars/Base", "month=2026-99", "day=x", "month=9999-12", "day=0001-01-01", "lang=tlh", "tz=%00"):
        assert client.get(f"{path}?{query}").status_code == 200


def test_all_zones_are_one_step_away(practice: Practice, client: Client) -> None:
    path = practice.path()
    short, long = client.get(path).content.decode(), client.get(f"{path}?zones=all").content.decode()
    assert ("Asia/Thimphu" in short, "Asia/Thimphu" in long) == (False, True)


def test_expiry_is_told_in_the_visitors_zone(practice: Practice, client: Client) -> None:
    path = practice.path(expires_at=practice.now + timedelta(days=1))
    assert "until Tue, 3 Nov, 18:00" in text_of(client.get(f"{path}?tz=Asia/Tokyo"))


def test_utm_of_the_page_reaches_the_booking(practice: Practice, submit: Submit) -> None:
    submit(f"{practice.path()}?utm_source=letter&utm_campaign=autumn&evil=1", start=minute(NINE), **DETAILS)
    assert Booking.objects.get().utm == {"utm_source": "letter", "utm_campaign": "autumn"}


def test_opened_is_noted_by_a_gesture_only(practice: Practice, client: Client) -> None:
    path = practice.path()
    client.get(path)
    assert client.post(f"{path}/opened", HTTP_ORIGIN="https://evil.example").status_code == 204
    assert OneTimeLink.objects.get().opened_at is None
    assert client.post(f"{path}/opened", **LOCAL).status_code == 204
    assert OneTimeLink.objects.get().opened_at == practice.now


def test_owners_page_comes_after_the_booking_only_when_mail_is_delivered(
    practice: Practice, client: Client, submit: Submit, settings: Any
) -> None:
    practice.change(redirect_url="https://lime.example/thanks")
    here = submit(practice.path(), start=minute(NINE), **DETAILS)
    assert here["Location"].startswith("/b/")
    assert 'href="https://lime.example/thanks"' in client.get(here["Location"]).content.decode()
    from admitone.messaging.models import EmailSettings

    EmailSettings.objects.create(account=practice.account, host="mail.example", updated_at=practice.now)
    path = practice.path()
    there = submit(path, start=minute("2026-11-03 10:00"), **DETAILS)
    assert (there.status_code, there["Location"]) == (303, "https://lime.example/thanks")
    assert "form-action 'self' https://lime.example" in client.get(practice.path())["Content-Security-Policy"]


def test_too_many_posts_are_told_to_wait(practice: Practice, client: Client, settings: Any) -> None:
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, post_limit=2)
    path = practice.path()
    answers = [client.post(path, {}, **LOCAL) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert answers[2]["Retry-After"] == "60"

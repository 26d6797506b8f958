"""The page of a calendar with a form: questions beside the times, or before them; whoever is ruled out is led away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.public.conftest import LOCAL, Practice, Submit, form_of, manage_path, minute, text_of

from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.calendars.services import choose_form
from admitone.forms.models import Submission
from admitone.links.models import OneTimeLink

NINE = "2026-11-03 09:00"
FIELDS = [
    {"key": "first", "label": "First name", "required": True, "maps_to": "first_name", "width": "half"},
    {"key": "last", "label": "Last name", "maps_to": "last_name", "width": "half"},
    {"key": "mail", "label": "Your address", "kind": "email", "required": True, "maps_to": "email"},
    {"key": "need", "label": "What for?", "kind": "choice", "options": ["Check-up", "Pain", "Other"], "required": True},
    {"key": "where", "label": "Where does it hurt?", "required": True, "show_if": {"key": "need", "equals": "Pain"}},
    {"key": "campaign", "label": "Secret campaign", "hidden": True, "default": "none"},
    {"key": "tariff", "label": "Tariff", "locked": True},
]
RULE = {"key": "need", "equals": "Other", "message": "We only look at teeth."}
ANSWERS = {"a-first": "Ada", "a-last": "Lovelace", "a-mail": "ada@example.com", "a-need": "Check-up"}
BUTTON = re.compile(r'<button[^>]* name="go" value="([^"]+)"')


@pytest.fixture
def asking(practice: Practice) -> Practice:
    form = factories.form(practice.account, fields=FIELDS, rules=[{**RULE, "redirect_url": "https://e.example/x"}])
    choose_form(
        account=practice.account,
        calendar_id=practice.calendar.id,
        form_id=form.id,
        actor=practice.actor,
        now=practice.now,
    )
    practice.calendar.refresh_from_db()
    return practice


def post(client: Client, path: str, page: Any, **values: Any) -> Any:
    return client.post(path, {**form_of(page.content.decode()), **values}, **LOCAL)


def test_questions_stand_under_the_times_and_nothing_is_asked_twice(asking: Practice, client: Client) -> None:
    page = client.get(asking.path())
    html = page.content.decode()
    assert html.count('type="email"') == 1
    assert 'name="name"' not in html
    assert "Secret campaign" not in html
    assert "Only if “What for?” is “Pain”." in text_of(page)
    assert html.index('name="start"') < html.index('name="a-first"') < html.index('name="note"')


def test_page_with_a_form_takes_two_statements(asking: Practice, client: Client, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    path = asking.path(contact=asking.contact())
    with django_assert_num_queries(2):
        client.get(path)


def test_answers_are_booked_with_the_time_and_shown_to_the_guest_but_hidden_ones(
    asking: Practice, submit: Submit, client: Client
) -> None:
    answer = submit(asking.path(metadata={"campaign": "spring", "tariff": "gold"}), start=minute(NINE), **ANSWERS)
    assert answer.status_code == 303
    booking = Booking.objects.get()
    assert (booking.name, booking.email) == ("Ada Lovelace", "ada@example.com")
    expected = {"first": "Ada", "last": "Lovelace", "mail": "ada@example.com", "need": "Check-up"}
    assert booking.answers == {**expected, "campaign": "spring", "tariff": "gold"}
    own_page = text_of(client.get(manage_path(booking)))
    assert ("Tariff gold" in own_page, "spring" in own_page) == (True, False)


def test_wrong_answer_brings_the_page_back_with_everything_typed(asking: Practice, submit: Submit) -> None:
    answer = submit(asking.path(), start=minute(NINE), **{**ANSWERS, "a-need": "Pain", "note": "Hello"})
    html = answer.content.decode()
    assert (answer.status_code, Booking.objects.count()) == (422, 0)
    assert 'href="#id_a-where"' in html
    assert "Please answer this." in text_of(answer)
    assert 'value="ada@example.com"' in html
    assert "Hello" in html


def test_locked_and_hidden_answers_of_the_browser_are_ignored(asking: Practice, client: Client) -> None:
    path = asking.path(metadata={"tariff": "gold"})
    page = client.get(path)
    assert re.search(
        r'name="a-tariff"[^>]*value="gold"[^>]*readonly|readonly[^>]*name="a-tariff"', page.content.decode()
    )
    post(client, path, page, start=minute(NINE), **ANSWERS, **{"a-tariff": "free", "a-campaign": "mine"})
    assert (Booking.objects.get().answers["tariff"], Booking.objects.get().answers["campaign"]) == ("gold", "none")


def test_address_fills_hidden_locked_and_open_questions_and_is_carried_on(asking: Practice, client: Client) -> None:
    path = asking.scheduling
    page = client.get(f"{path}?campaign=spring&tariff=silver&first=Ada&other=1")
    html = page.content.decode()
    action = re.search(r'id="book"[^>]*action="([^"]+)"', html)
    assert action
    target = action[1].replace("&amp;", "&")
    assert target == f"{path}?campaign=spring&tariff=silver&first=Ada"
    assert 'value="Ada"' in html
    post(client, target, page, start=minute(NINE), **ANSWERS, **{"a-tariff": "free"})
    assert (Booking.objects.get().answers["tariff"], Booking.objects.get().answers["campaign"]) == ("silver", "spring")


def test_link_weighs_more_than_the_address(asking: Practice, client: Client) -> None:
    path = asking.path(metadata={"campaign": "link"})
    page = client.get(f"{path}?campaign=address")
    post(client, f"{path}?campaign=address", page, start=minute(NINE), **ANSWERS)
    assert Booking.objects.get().answers["campaign"] == "link"


def test_ruled_out_guest_reads_why_and_may_go_on_and_the_link_lives(asking: Practice, submit: Submit) -> None:
    answer = submit(asking.path(), start=minute(NINE), **{**ANSWERS, "a-need": "Other"})
    assert answer.status_code == 422
    assert "We only look at teeth." in text_of(answer)
    assert "Your link has not been used." in text_of(answer)
    assert 'href="https://e.example/x"' in answer.content.decode()
    assert (Booking.objects.count(), OneTimeLink.objects.get().uses) == (0, 0)


@pytest.mark.parametrize("form_first", [False, True])
def test_ruled_out_guest_can_go_back_to_the_answers(
    asking: Practice, submit: Submit, client: Client, form_first: bool
) -> None:
    asking.change(form_first=form_first)
    path = asking.path()
    typed = {**ANSWERS, "a-first": "Zoe", "a-need": "Other", "note": "At noon?"}
    ruled_out = submit(path, start=minute(NINE), **typed)
    assert (ruled_out.status_code, "Change my answers" in text_of(ruled_out)) == (422, True)
    carried = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', ruled_out.content.decode()))
    back = client.post(path, {**carried, "go": "back"}, **LOCAL)
    html = back.content.decode()
    assert [back.status_code, 'value="Zoe"' in html, "At noon?" in html] == [200, True, True]
    again = post(client, path, back, start=minute(NINE), **{**typed, "a-need": "Check-up"})
    assert (again.status_code, Booking.objects.count()) == (303, 1)


def test_ruled_out_guest_is_led_only_to_a_calendar_that_is_open(
    asking: Practice, submit: Submit, client: Client
) -> None:
    other = factories.calendar(asking.account, name="Body work")
    form = asking.calendar.form
    assert form
    form.rules = [{**RULE, "redirect_url": "", "calendar": str(other.id)}]
    form.save()
    asking.change(name="First look")
    answer = submit(asking.path(), start=minute(NINE), **{**ANSWERS, "a-need": "Other"})
    assert f'href="/c/{other.id}"' in answer.content.decode()
    assert "Go on to Body work" in text_of(answer)
    Calendar.objects.filter(id=other.id).update(deleted_at=asking.now)
    answer = submit(asking.path(), start=minute(NINE), **{**ANSWERS, "a-need": "Other"})
    assert "Go on" not in text_of(answer)


def test_bound_contact_fills_the_questions_and_a_locked_one_is_not_asked(asking: Practice, client: Client) -> None:
    contact = asking.contact(name="Bea Bound")
    html = client.get(asking.path(contact=contact)).content.decode()
    assert 'value="bea@example.com"' in html
    locked = client.get(asking.path(contact=contact, contact_policy="refuse"))
    assert 'name="a-mail"' not in locked.content.decode()
    assert "For Bea Bound (bea@example.com)" in text_of(locked)


def test_link_that_needs_a_code_shows_nothing_of_its_person(asking: Practice, client: Client) -> None:
    contact = asking.contact(name="Bea Bound")
    page = client.get(asking.path(contact=contact, contact_policy="verify", metadata={"tariff": "gold"}))
    html = page.content.decode()
    assert "Bound" not in html
    assert "bea@example.com" not in html
    assert "gold" not in html


def test_form_that_changed_meanwhile_drops_what_it_no_longer_asks(asking: Practice, client: Client) -> None:
    path = asking.path()
    page = client.get(path)
    post(client, path, page, start=minute(NINE), **ANSWERS, **{"a-gone": "x"})
    assert "gone" not in Booking.objects.get().answers


@pytest.fixture
def first(asking: Practice) -> Practice:
    asking.change(form_first=True)
    return asking


def test_form_first_shows_no_time_before_it_is_answered(first: Practice, client: Client) -> None:
    for query in ("", "?day=2026-11-03", "?month=2026-12"):
        html = client.get(first.path() + query).content.decode()
        assert 'name="start"' not in html
        assert "month__day" not in html


def test_form_first_goes_from_answers_to_times_to_the_booking_without_storage(first: Practice, client: Client) -> None:
    path = first.path(metadata={"tariff": "gold"})
    times = post(client, path, client.get(path), go="times", **ANSWERS)
    html = times.content.decode()
    assert times.status_code == 200
    assert 'type="radio" name="start"' in html
    assert 'name="a-mail" value="ada@example.com"' in html
    assert Submission.objects.count() == Booking.objects.count() == 0
    moved = post(client, path, times, go="day=2026-11-05", **ANSWERS)
    assert str(minute("2026-11-05 09:00")) in moved.content.decode()
    answer = post(client, path, moved, start=minute("2026-11-05 09:00"), **ANSWERS)
    assert answer.status_code == 303
    assert Booking.objects.get().answers["tariff"] == "gold"


def test_form_first_keeps_times_from_wrong_answers(first: Practice, client: Client) -> None:
    path = first.path()
    answer = post(client, path, client.get(path), go="times", **{**ANSWERS, "a-mail": "ada"})
    assert answer.status_code == 422
    assert 'name="start"' not in answer.content.decode()
    assert "Enter an email address like name@example.com." in text_of(answer)


@pytest.mark.parametrize("go", ["times", "day=2026-11-03", "month=2026-12", "tz", ""])
def test_form_first_rules_out_before_any_time_is_seen(first: Practice, client: Client, go: str) -> None:
    path = first.path()
    answer = post(client, path, client.get(path), go=go, start="", **{**ANSWERS, "a-need": "Other"})
    assert "We only look at teeth." in text_of(answer)
    assert 'name="start"' not in answer.content.decode()


def test_form_first_changes_zone_and_goes_back_with_everything_typed(first: Practice, client: Client) -> None:
    path = first.path()
    times = post(client, path, client.get(path), go="times", **ANSWERS)
    tokyo = post(client, path, times, go="tz", go_tz="Asia/Tokyo", **ANSWERS)
    assert "Asia/Tokyo" in text_of(tokyo)
    assert "tz=Asia%2FTokyo" in tokyo.content.decode()
    back = post(client, path, tokyo, go="back", **ANSWERS)
    assert 'value="ada@example.com"' in back.content.decode()
    assert 'name="start"' not in back.content.decode()


def test_form_first_lost_time_shows_others_and_keeps_the_answers(first: Practice, client: Client) -> None:
    path = first.path()
    times = post(client, path, client.get(path), go="times", **ANSWERS)
    guest = {"answers": {"need": "Check-up", "first": "B", "mail": "b@example.com"}}
    from admitone.booking.services import book
    from admitone.events import GUEST
    from admitone.logic.bookings import clean_guest

    plan = first.calendar.compiled
    book(plan=plan, start=minute(NINE), guest=clean_guest(plan, guest), source="api", actor=GUEST, now=first.now)
    answer = post(client, path, times, start=minute(NINE), **ANSWERS)
    assert answer.status_code == 409
    assert 'name="a-mail" value="ada@example.com"' in answer.content.decode()
    assert "has just been taken" in text_of(answer)


def test_consent_text_of_the_form_shows_its_links_and_is_kept_as_written(asking: Practice, submit: Submit) -> None:
    form = asking.calendar.form
    assert form
    form.consent_text, form.consent_version = "I read the [<b>rules</b>](https://e.example/r).", 3
    form.save()
    asking.change(name="First look")
    path = asking.path()
    refused = submit(path, start=minute(NINE), **ANSWERS)
    assert '<a href="https://e.example/r" target="_blank" rel="noopener">&lt;b&gt;rules' in refused.content.decode()
    assert submit(path, start=minute(NINE), consent="on", **ANSWERS).status_code == 303
    booking = Booking.objects.get()
    assert (booking.consent_text, booking.consent_version) == (form.consent_text, 3)


def test_own_page_of_a_form_takes_kept_values_and_stores_who_is_ruled_out(asking: Practice, client: Client) -> None:
    form = asking.calendar.form
    assert form
    path = f"/f/{form.id}?campaign=spring&tariff=silver"
    html = client.get(path).content.decode()
    assert "Secret campaign" not in html
    seal = re.search(r'name="form" value="([^"]+)"', html)
    assert seal
    person = {"HTTP_SEC_FETCH_USER": "?1", **LOCAL}
    sent = {"form": seal[1], **ANSWERS, "a-need": "Other", "a-tariff": "free"}
    answer = client.post(path, sent, **person)
    row = Submission.objects.get()
    assert "We only look at teeth." in text_of(answer)
    assert (row.answers["campaign"], row.answers["tariff"], row.form_version) == ("spring", "silver", 1)
    assert row.meta["disqualified"]["message"] == "We only look at teeth."
    again = client.post(path, sent, **person)
    assert (again.status_code, Submission.objects.count()) == (422, 1)


def test_form_first_lists_no_dates_of_a_series_to_somebody_ruled_out(first: Practice, client: Client) -> None:
    first.change(series_max=4)
    path = first.path(series=4)
    page = client.get(path)
    answers = {**ANSWERS, "a-need": "Other"}
    answer = post(client, path, page, start=minute(NINE), repeat="weekly", times="3", **answers)
    assert "We only look at teeth." in text_of(answer)
    row = Submission.objects.get()
    assert (row.meta["calendar"], row.answers["need"]) == (str(first.calendar.id), "Other")


def test_series_carries_long_answers_through_its_list_of_dates(asking: Practice, client: Client) -> None:
    asking.change(series_max=4)
    path = asking.path(series=4)
    page = client.get(path)
    dates = post(
        client, path, page, start=minute(NINE), repeat="weekly", times="3", **{**ANSWERS, "a-tariff": "x" * 400}
    )
    assert "x" * 400 in dates.content.decode()


def test_locked_link_with_one_word_for_a_name_asks_for_the_other(asking: Practice, client: Client) -> None:
    contact = asking.contact(name="Bea")
    path = asking.path(contact=contact, contact_policy="refuse")
    page = client.get(path)
    assert 'name="a-last"' in page.content.decode()
    assert 'name="a-first"' not in page.content.decode()
    post(client, path, page, start=minute(NINE), **{"a-last": "Bound", "a-need": "Check-up"})
    assert Booking.objects.get().name == "Bea Bound"

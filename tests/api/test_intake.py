"""A calendar's form by API: which form, its questions, answers, refusals, versions, and proof of consent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.calendars.services import choose_form
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.forms.models import Submission
from admitone.forms.services import update_form
from admitone.webhooks.payloads import body_of

NOW = factories.NOW
START = "2026-11-03T09:00:00Z"
FIELDS = [
    {"key": "first", "label": "First name", "required": True, "maps_to": "first_name"},
    {"key": "mail", "label": "Email", "kind": "email", "required": True, "maps_to": "email"},
    {"key": "need", "label": "Need", "kind": "choice", "options": ["Check-up", "Other"], "required": True},
    {"key": "campaign", "label": "Campaign", "hidden": True},
]
RULE = {"key": "need", "equals": "Other", "message": "Not here.", "redirect_url": "https://e.example/", "calendar": ""}
ANSWERS = {"first": "Ada", "mail": "ada@example.com", "need": "Check-up"}


@pytest.fixture
def form(calendar: Any) -> Any:
    return factories.form(calendar.account, fields=FIELDS, rules=[RULE], consent_text="I agree.")


@pytest.fixture
def asking(calendar: Any, form: Any) -> Any:
    return choose_form(account=calendar.account, calendar_id=calendar.id, form_id=form.id, actor=SYSTEM, now=NOW)


@pytest.fixture
def path(asking: Any) -> str:
    link = factories.link(asking, metadata={"campaign": "spring"})
    return f"/public/links/{keyring().sign('o1', link.id)}"


def test_calendar_takes_a_form_and_gives_it_back(api: Any, calendar: Any, form: Any) -> None:
    changed = api.patch(f"/calendars/{calendar.id}", {"form": str(form.id), "form_first": True}).json()
    assert (changed["form"], changed["form_first"]) == (str(form.id), True)
    assert api.patch(f"/calendars/{calendar.id}", {"duration": 45}).json()["form"] == str(form.id)
    assert api.patch(f"/calendars/{calendar.id}", {"form": None}).json()["form"] is None


def test_form_of_another_account_is_not_found(api: Any, calendar: Any) -> None:
    answer = api.patch(f"/calendars/{calendar.id}", {"form": str(factories.form(factories.account()).id)})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_link_lists_its_questions_and_books_with_answers(guest: Any, path: str) -> None:
    asked = guest.get(path).json()["form"]
    assert [one["key"] for one in asked["fields"]] == ["first", "mail", "need"]
    assert asked["consent"] == "I agree."
    answers = {**ANSWERS, "note": "Hello", "consent": True, "campaign": "mine"}
    done = guest.post(f"{path}/bookings", {"start": START, "answers": answers})
    assert done.status_code == 201
    booking = Booking.objects.get()
    assert (booking.name, booking.note, booking.consent_text) == ("Ada", "Hello", "I agree.")
    assert booking.answers == {**ANSWERS, "campaign": "spring"}


def test_wrong_answers_are_named_by_their_keys(guest: Any, path: str) -> None:
    sent = {"first": ["Ada"], "mail": "ada", "odd": 1}
    assert list(guest.post(f"{path}/bookings", {"start": START, "answers": sent}).json()["errors"]) == ["answers.first"]
    answer = guest.post(f"{path}/bookings", {"start": START, "answers": {**sent, "first": "Ada", "consent": True}})
    assert set(answer.json()["errors"]) == {"answers.mail", "answers.need", "answers.odd"}


def test_disqualifying_answer_is_told_with_where_to_go(guest: Any, path: str) -> None:
    sent = {**ANSWERS, "need": "Other", "consent": True}
    answer = guest.post(f"{path}/bookings", {"start": START, "answers": sent})
    said = answer.json()
    assert (answer.status_code, said["code"], said["detail"]) == (422, "disqualified", "Not here.")
    assert said["redirect_url"] == "https://e.example/"
    assert guest.get(path).json()["uses_left"] == 1


def test_whoever_a_calendar_rules_out_leaves_a_submission_once_a_day(
    guest: Any, api: Any, path: str, asking: Any
) -> None:
    sent = {**ANSWERS, "need": "Other", "consent": True}
    for _ in range(2):
        guest.post(f"{path}/bookings", {"start": START, "answers": sent})
    (row,) = Submission.objects.filter(form=asking.form_id)
    assert (row.meta["calendar"], row.meta["source"], row.contact.email) == (
        str(asking.id),
        "one_time_link",
        "ada@example.com",
    )
    told = Event.objects.get(kind="form.disqualified")
    assert told.facts["calendar"] == str(asking.id)
    body = json.loads(body_of(told, NOW) or "")["data"]
    assert (body["calendar"], body["disqualified"]["message"]) == (str(asking.id), "Not here.")


def test_program_books_with_answers_and_may_fill_hidden_ones(api: Any, asking: Any) -> None:
    sent = {"calendar": str(asking.id), "start": START, "answers": {**ANSWERS, "campaign": "api"}, "consent": True}
    made = api.post("/bookings", sent)
    assert made.status_code == 201
    assert made.json()["answers"]["campaign"] == "api"


def test_versions_are_listed_and_never_change(api: Any, form: Any) -> None:
    update_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW, consent_text="I do.")
    update_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW, name="Other name")
    items = api.get(f"/forms/{form.id}/versions").json()["items"]
    assert [(one["version"], one["consent_text"]) for one in items] == [(2, "I do."), (1, "I agree.")]


def test_consents_are_proved_in_the_words_that_were_agreed_to(api: Any, guest: Any, path: str, asking: Any) -> None:
    guest.post(f"{path}/bookings", {"start": START, "answers": {**ANSWERS, "consent": True}})
    sent = {"answers": {**ANSWERS, "consent": True}}
    assert guest.post(f"/public/forms/{asking.form_id}/submissions", sent).status_code == 201
    update_form(account=asking.account, form_id=asking.form_id, actor=SYSTEM, now=NOW, consent_text="I do.")
    for address in (f"/calendars/{asking.id}/consents", f"/forms/{asking.form_id}/consents"):
        (one,) = api.get(address).json()["items"]
        assert (one["name"], one["email"], one["version"], one["text"]) == ("Ada", "ada@example.com", 1, "I agree.")


def test_form_takes_rules_and_shows_a_disqualified_submission(api: Any, guest: Any, form: Any) -> None:
    assert api.get(f"/forms/{form.id}").json()["rules"] == [RULE]
    answer = guest.post(
        f"/public/forms/{form.id}/submissions", {"answers": {**ANSWERS, "need": "Other", "consent": True}}
    )
    assert answer.json()["disqualified"] == RULE
    (row,) = api.get(f"/forms/{form.id}/submissions").json()["items"]
    assert (row["disqualified"], row["form_version"]) == (RULE, 1)
    wrong = api.patch(f"/forms/{form.id}", {"rules": [{"key": "none", "equals": "x", "message": "No."}]})
    assert wrong.json()["errors"] == {"rules.0.key": "Choose one of the form's fields."}


def test_calendar_with_an_unknown_form_is_not_made(api: Any, account: Any) -> None:
    answer = api.post("/calendars", {"name": "Half", "form": str(factories.form(factories.account()).id)})
    assert (answer.status_code, api.get("/calendars").json()["items"]) == (404, [])

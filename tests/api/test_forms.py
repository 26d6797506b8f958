"""Forms by API, and their public submissions."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import Api, code

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.forms.models import Submission

ANSWERS = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "phone": "+442079460123"}
INTAKE = {
    "name": "Intake",
    "fields": [
        {"label": "First name", "required": True, "maps_to": "first_name"},
        {"label": "Last name", "maps_to": "last_name"},
        {"label": "Email", "kind": "email", "maps_to": "email"},
        {"label": "Phone", "kind": "phone", "maps_to": "phone"},
    ],
}


@pytest.fixture
def form(api: Api) -> str:
    return str(api.post("/forms", INTAKE).json()["id"])


def test_form_is_made_read_listed_changed_and_deleted(api: Api, form: str) -> None:
    read = api.get(f"/forms/{form}").json()
    assert [one["key"] for one in read["fields"]] == ["first_name", "last_name", "email", "phone"]
    assert read["url"].endswith(f"/f/{form}")
    assert [one["id"] for one in api.get("/forms").json()["items"]] == [form]
    assert api.patch(f"/forms/{form}", {"name": "Enquiry"}).json()["name"] == "Enquiry"
    assert api.delete(f"/forms/{form}").status_code == 204
    assert code(api.get(f"/forms/{form}")) == (404, "not_found")


def test_form_without_fields_asks_for_name_and_email(api: Api) -> None:
    made = api.post("/forms", {"name": "Short"})
    assert (made.status_code, [one["key"] for one in made.json()["fields"]]) == (
        201,
        ["first_name", "last_name", "email"],
    )


def test_wrong_field_is_named(api: Api) -> None:
    refused = api.post("/forms", {"name": "X", "fields": [{"label": "Name"}]})
    assert (code(refused), list(refused.json()["errors"])) == ((422, "invalid"), ["fields"])


def test_submission_answers_with_its_contact(api: Api, guest: Api, account: Account, form: str) -> None:
    made = guest.post(f"/public/forms/{form}/submissions", {"answers": ANSWERS})
    contact = Contact.objects.get(account=account)
    assert (made.status_code, made.json()) == (
        201,
        {"id": str(Submission.objects.get().id), "contact": str(contact.id)},
    )
    assert (contact.name, contact.phone) == ("Ada Lovelace", "+442079460123")
    listed = api.get(f"/forms/{form}/submissions").json()["items"]
    assert [one["answers"] for one in listed] == [ANSWERS]


def test_same_idempotency_key_stores_once(guest: Api, form: str) -> None:
    path, body = f"/public/forms/{form}/submissions", {"answers": ANSWERS}
    answers = [guest.post(path, body, Idempotency_Key="one").json() for _ in range(2)]
    assert (answers[0], Submission.objects.count()) == (answers[1], 1)
    other = guest.post(path, {"answers": {**ANSWERS, "first_name": "Bea"}}, Idempotency_Key="one")
    assert code(other) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({**ANSWERS, "email": "nobody"}, ["answers.email"]),
        ({"email": "a@example.com"}, ["answers.first_name"]),
        ({"first_name": "Ada"}, ["answers.email"]),
        ({**ANSWERS, "shoe": "38"}, ["answers.shoe"]),
        ({"first_name": ["Ada"]}, ["answers"]),
        ("Ada", ["answers"]),
        ({"first_name": "A\x00da"}, ["answers"]),
    ],
)
def test_wrong_answers_are_named(guest: Api, form: str, answers: Any, wrong: list[str]) -> None:
    refused = guest.post(f"/public/forms/{form}/submissions", {"answers": answers})
    assert (code(refused), list(refused.json()["errors"])) == ((422, "invalid"), wrong)


def test_visitor_sees_the_questions_until_the_form_is_paused(api: Api, guest: Api, form: str) -> None:
    assert len(guest.get(f"/public/forms/{form}").json()["fields"]) == 4
    api.patch(f"/forms/{form}", {"active": False})
    assert code(guest.get(f"/public/forms/{form}")) == (409, "form_closed")
    assert code(guest.post(f"/public/forms/{form}/submissions", {"answers": ANSWERS})) == (409, "form_closed")


def test_allowed_sites_may_send_from_the_browser(api: Api, guest: Api, form: str) -> None:
    api.patch(f"/forms/{form}", {"embed_origins": ["https://lime.example"]})
    path = f"/public/forms/{form}/submissions"
    for site, allowed in (("https://lime.example", "https://lime.example"), ("https://evil.example", None)):
        assert guest.send("OPTIONS", path, Origin=site).get("Access-Control-Allow-Origin") == allowed
        sent = guest.post(path, {"answers": ANSWERS}, Origin=site)
        assert sent.get("Access-Control-Allow-Origin") == allowed


def test_submissions_are_limited_by_address(guest: Api, form: str, allow: Any) -> None:
    allow(post_limit=2)
    statuses = [guest.post(f"/public/forms/{form}/submissions", {"answers": ANSWERS}).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]

"""The public page of a form, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from tests import factories
from tests.public.conftest import LOCAL, text_of

from admitone.events import SYSTEM
from admitone.forms.models import Form, Submission
from admitone.forms.services import create_form, delete_form, update_form

pytestmark = pytest.mark.django_db
NOW = factories.NOW
ADA = {"a-first_name": "Ada", "a-email": "ada@example.com"}


@pytest.fixture
def form(freeze: time_machine.Traveller) -> Form:
    return create_form(account=factories.account(name="Lime"), actor=SYSTEM, now=NOW, name="Intake")


def change(form: Form, **changes: Any) -> None:
    update_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW, **changes)


def sealed(client: Client, path: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', client.get(path).content.decode())
    assert found
    return found[1]


@pytest.fixture
def send(client: Client, form: Form, freeze: time_machine.Traveller) -> Any:
    """GET the page, wait, POST it: `send(a-email=...)`."""

    def answer(values: dict[str, str] = ADA, *, wait: int = 5, seal: str = "", **headers: str) -> HttpResponse:
        value = seal or sealed(client, f"/f/{form.id}")
        freeze.shift(timedelta(seconds=wait))
        return client.post(f"/f/{form.id}", {"form": value, **values}, **LOCAL | headers)

    return answer


def test_page_shows_every_kind_of_field(client: Client, form: Form) -> None:
    more = [
        {"label": "Phone", "kind": "phone", "maps_to": "phone"},
        {"label": "Note", "kind": "textarea", "help": "Anything."},
        {"label": "Age", "kind": "number"},
        {"label": "Born", "kind": "date"},
        {"label": "Pet", "kind": "choice", "options": ["Cat", "Dog"]},
        {"label": "Town", "kind": "choice", "options": [f"Town {n}" for n in range(9)]},
        {"label": "Calm", "kind": "checkbox", "required": True, "show_if": {"key": "pet", "equals": "Dog"}},
    ]
    change(form, fields=[*form.fields, *more], consent_text="I agree.")
    page = client.get(f"/f/{form.id}")
    html = page.content.decode()
    assert (page.status_code, page["Cache-Control"], page.cookies.output()) == (200, "no-store", "")
    names = re.findall(r'name="(a-\w+|consent)"', html)
    expected = ["a-first_name", "a-last_name", "a-email", "a-phone", "a-note", "a-age", "a-born", "a-pet", "a-pet"]
    assert names == [*expected, "a-town", "a-calm", "consent"]
    assert 'data-when="a-pet" data-equals="Dog"' in html
    assert "Only if “Pet” is “Dog”." in html
    assert not re.search(r'name="a-calm"[^>]*required', html)


def test_sent_form_is_stored_and_thanked_for(send: Any, client: Client, form: Form) -> None:
    answer = send()
    assert (answer.status_code, answer["Location"]) == (303, f"/f/{form.id}/thanks")
    made = Submission.objects.get()
    assert (made.answers, made.meta["source"]) == ({"first_name": "Ada", "email": "ada@example.com"}, "form_page")
    assert "Thank you Your answers have arrived." in text_of(client.get(answer["Location"]))


def test_form_sent_twice_is_stored_once(send: Any, client: Client, form: Form) -> None:
    seal = sealed(client, f"/f/{form.id}")
    assert [send(seal=seal).status_code, send(seal=seal).status_code, Submission.objects.count()] == [303, 303, 1]


def test_other_answers_in_a_sent_form_are_asked_about_then_stored(send: Any, client: Client, form: Form) -> None:
    seal = sealed(client, f"/f/{form.id}")
    send(seal=seal)
    asked = send({**ADA, "a-first_name": "Bea"}, seal=seal)
    assert (asked.status_code, "You have sent this form before" in text_of(asked)) == (409, True)
    found = re.search(r'name="form" value="([^"]+)"', asked.content.decode())
    assert found
    assert [send({**ADA, "a-first_name": "Bea"}, seal=found[1]).status_code, Submission.objects.count()] == [303, 2]


def test_wrong_answers_come_back_with_what_was_typed(send: Any) -> None:
    answer = send({"a-first_name": "Ada", "a-email": "nobody"})
    html = answer.content.decode()
    assert (answer.status_code, Submission.objects.count()) == (422, 0)
    assert 'value="nobody"' in html
    assert 'href="#id_a-email"' in html
    assert "Enter an email address like name@example.com." in text_of(answer)


def test_robot_that_fills_the_trap_is_thanked_and_forgotten(send: Any) -> None:
    assert (send({**ADA, "website": "http://spam.example"}).status_code, Submission.objects.count()) == (303, 0)


def test_form_sent_at_once_is_asked_for_again(send: Any) -> None:
    answer = send(wait=0)
    assert (answer.status_code, "That was very quick" in text_of(answer)) == (422, True)
    assert Submission.objects.count() == 0


def test_browser_that_vouches_for_its_user_may_be_quick(send: Any) -> None:
    assert send(wait=0, HTTP_SEC_FETCH_USER="?1").status_code == 303


def test_forged_foreign_and_old_forms_change_nothing(send: Any) -> None:
    assert send(seal="made:up:value").status_code == 403
    assert send(HTTP_ORIGIN="https://evil.example").status_code == 403
    assert send(wait=13 * 3600).status_code == 403
    assert Submission.objects.count() == 0


def test_owners_own_page_follows_if_there_is_one(send: Any, client: Client, form: Form) -> None:
    change(form, redirect_url="https://lime.example/thanks")
    page = client.get(f"/f/{form.id}")
    assert "form-action 'self' https://lime.example" in page["Content-Security-Policy"]
    assert send()["Location"] == "https://lime.example/thanks"


def test_paused_form_says_so_and_takes_nothing(send: Any, client: Client, form: Form) -> None:
    seal = sealed(client, f"/f/{form.id}")
    change(form, active=False)
    assert "This form is closed" in text_of(client.get(f"/f/{form.id}"))
    assert (send(seal=seal).status_code, Submission.objects.count()) == (409, 0)


@pytest.mark.parametrize("path", ["/f/none", "/f/00000000-0000-7000-8000-000000000000", "/f/none/thanks"])
def test_unknown_form_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == client.get("/o/none").status_code == 404


def test_deleted_form_is_not_found(client: Client, form: Form) -> None:
    delete_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW)
    assert client.get(f"/f/{form.id}").status_code == 404


def test_only_allowed_sites_may_frame_a_form(client: Client, form: Form) -> None:
    assert "frame-ancestors 'none'" in client.get(f"/f/{form.id}")["Content-Security-Policy"]
    change(form, embed_origins=["https://lime.example"])
    assert "frame-ancestors https://lime.example" in client.get(f"/f/{form.id}")["Content-Security-Policy"]


def test_colour_of_the_form_is_its_brand(client: Client, form: Form) -> None:
    change(form, brand_color="#1f7a5c")
    assert "--brand:#1f7a5c" in client.get(f"/f/{form.id}").content.decode()


def test_page_costs_one_statement(client: Client, form: Form, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get(f"/f/{form.id}")

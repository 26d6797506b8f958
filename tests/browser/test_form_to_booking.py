"""Form submitted -> one-time link -> email -> booked -> and on: a person in Chromium, a real mail server, real workers."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic, choose_day, choose_slot, confirm, expect_booked
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.slow


def made(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.fixture(scope="module")
def intake(clinic: Clinic) -> dict[str, Any]:
    """A form, and a workflow that waits until its link is used."""
    fields = [
        {"label": "First name", "required": True, "maps_to": "first_name"},
        {"label": "Email", "kind": "email", "required": True, "maps_to": "email"},
    ]
    form = made(clinic.api.post("/api/v1/forms", json={"name": "Inquiry", "fields": fields}))
    workflow = made(clinic.api.post("/api/v1/workflows", json=document(clinic, form["id"])))
    made(clinic.api.post(f"/api/v1/workflows/{workflow['id']}/publication"))
    return {"form": form, "workflow": workflow}


def document(clinic: Clinic, form: str) -> dict[str, Any]:
    calendar = clinic.api.get(f"/api/v1/calendars/{clinic.facts['calendars']['open']}").json()["id"]
    invitation = {"subject": "Your own link", "body": "Hello {{ contact.first_name }}: {{ steps.booking_link.url }}"}
    thanks = {"subject": "Until then", "body": "See you on {{ appointment.when }}."}
    branches = [
        {"name": "happened", "steps": [{"name": "thanks", "type": "email.send", "params": thanks}]},
        {"name": "timed_out", "steps": []},
    ]
    wait = {"event": "one_time_link.used", "step": "booking_link", "timeout": {"days": 3}}
    return {
        "name": "From form to booking",
        "triggers": [{"type": "form.submitted", "filters": {"forms": [form]}}],
        "steps": [
            {"name": "booking_link", "type": "one_time_link.generate", "params": {"calendar": calendar}},
            {"name": "invitation", "type": "email.send", "params": invitation},
            {"name": "booked", "type": "wait.for_event", "params": wait, "branches": branches},
        ],
    }


def send_form(page: Page, intake: dict[str, Any], name: str, email: str) -> None:
    page.goto(intake["form"]["url"])
    page.get_by_label("First name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def address_in(clinic: Clinic, name: str, email: str) -> str:
    found = re.search(r"http\S+/o/\S+", clinic.mail_to(email, saying=f"Hello {name}: ").text())
    assert found
    return found.group(0)


def finished(clinic: Clinic, intake: dict[str, Any], contact: str) -> dict[str, Any]:
    """The contact's enrollment with its steps, once it is over."""
    listed = clinic.api.get(f"/api/v1/workflows/{intake['workflow']['id']}/enrollments?contact={contact}").json()
    (one,) = listed["items"]
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        found = clinic.api.get(f"/api/v1/enrollments/{one['id']}").json()
        if found["status"] not in ("active", "waiting"):
            return dict(found)
        time.sleep(0.1)
    raise AssertionError(f"still {found}")


@pytest.mark.parametrize("javascript", [True, False])
def test_person_sends_the_form_gets_a_link_books_and_is_thanked(
    clinic: Clinic, intake: dict[str, Any], open_page: OpenPage, javascript: bool
) -> None:
    page, email = open_page(javascript=javascript), f"olga-{javascript}@guest.example".lower()
    send_form(page, intake, "Olga", email)
    page.goto(address_in(clinic, "Olga", email))
    choose_day(page)
    choose_slot(page)
    expect(page.get_by_label("Email")).to_have_value(email)
    confirm(page)
    expect_booked(page)
    assert "See you on" in clinic.mail_to(email, saying="See you on").text()
    listed = clinic.api.get(f"/api/v1/forms/{intake['form']['id']}/submissions").json()["items"]
    contact = next(one["contact"] for one in listed if one["answers"]["email"] == email)
    found = finished(clinic, intake, contact)
    assert (found["status"], found["outputs"]["booked"]) == ("done", {"happened": True})
    assert [(run["step"], run["status"], run["delivery"]) for run in found["steps"]] == [
        ("booking_link", "done", None),
        ("invitation", "done", "sent"),
        ("booked", "done", None),
        ("thanks", "done", "sent"),
    ]
    link = clinic.api.get(f"/api/v1/one-time-links/{found['outputs']['booking_link']['link']}").json()
    assert (link["status"], link["uses"], link["source"], link["contact"]) == ("used", 1, "workflow", contact)


def test_two_people_get_two_links(clinic: Clinic, intake: dict[str, Any], open_page: OpenPage) -> None:
    page = open_page()
    for name in ("Pia", "Quentin"):
        send_form(page, intake, name, f"{name}@guest.example".lower())
    addresses = {address_in(clinic, name, f"{name}@guest.example".lower()) for name in ("Pia", "Quentin")}
    assert len(addresses) == 2

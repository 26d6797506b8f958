"""A workflow besides its canvas, in a browser: try it out, enroll many, look at what happened, stop, pause, delete."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic
from tests.browser.conftest import OpenPage, Walk
from tests.browser.looks import PAIRS, SIGNED_IN, Check, check_looks

OWN = "owner@guest.example"


@pytest.fixture(scope="module")
def workflow(clinic: Clinic) -> str:
    """Address of a published workflow: a link by mail, then a wait."""
    steps: list[dict[str, Any]] = [
        {"name": "link", "type": "one_time_link.generate", "params": {"calendar": clinic.facts["calendars"]["open"]}},
        {
            "name": "mail",
            "type": "email.send",
            "params": {"subject": "Come and see us", "body": "{{ steps.link.url }}"},
        },
        {"name": "pause", "type": "wait.for", "params": {"days": 1}},
    ]
    document = {"name": "Walked through", "triggers": [{"type": "form.submitted"}], "steps": steps}
    made = clinic.api.post("/api/v1/workflows", json=document).json()
    assert clinic.api.post(f"/api/v1/workflows/{made['id']}/publication").status_code < 300
    return f"{clinic.app}/workflows/{made['id']}"


def test_a_test_run_shows_the_mail_and_really_sends_it_to_one_address_only(
    clinic: Clinic, page: Page, workflow: str
) -> None:
    clinic.sign_in(page).goto(f"{workflow}/test/?q=nora@guest")
    page.get_by_role("radio", name="nora@guest.example").check()
    page.get_by_role("button", name="Run test").click()
    expect(page.get_by_role("heading", name="What would happen for Nora Sample")).to_be_focused()
    expect(page.locator(".test-message pre")).to_contain_text("/o/")
    expect(page.get_by_text("Nothing was kept")).to_be_visible()
    page.get_by_label("Really send the mails").check()
    page.get_by_label("To this address only").fill(OWN)
    page.get_by_role("button", name="Run test").click()
    expect(page.get_by_text(f"1 mail is on its way to {OWN}")).to_be_visible()
    mail = clinic.mail_to(OWN, saying="This is a test")
    assert list(mail.recipients) == [OWN]
    assert [one for one in clinic.smtp.messages if one.message["Subject"] == "Come and see us"] == []
    link = re.search(r"http://\S+/o/\S+", mail.text())
    assert link
    page.goto(link[0])
    expect(page.locator("#book")).to_be_visible()


def test_many_enter_after_a_count_are_seen_in_the_history_and_stopped_together(
    clinic: Clinic, page: Page, workflow: str
) -> None:
    clinic.sign_in(page).goto(f"{workflow}/enroll/")
    page.get_by_label("Search", exact=False).last.fill("guest.example")
    page.get_by_role("button", name="Count them").click()
    expect(page.locator("#would-enter")).to_be_focused()
    page.get_by_role("button", name=re.compile(r"Enroll \d+ contacts")).click()
    expect(page.locator("#progress [role=status]")).to_contain_text("Done", timeout=20_000)
    page.get_by_role("link", name="Enrollment history").last.click()
    page.get_by_role("link", name=re.compile("^Waiting")).click()
    expect(page.locator("tbody tr").first).to_be_visible()
    page.get_by_label("Select all on this page").check()
    page.locator(".bulk").get_by_role("button", name="Stop").click()
    page.locator("dialog").get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"\d+ enrollments are stopped"))).to_be_visible()


def test_pausing_asks_and_a_deletion_can_be_taken_back(clinic: Clinic, page: Page, workflow: str) -> None:
    clinic.sign_in(page).goto(f"{workflow}/settings/")
    page.get_by_role("button", name="Pause").click()
    page.locator("dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete workflow").click()
    expect(page.locator("h1")).to_have_text("Walked through is deleted")
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("button", name="Go on").click()
    page.locator("dialog").get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_without_javascript_a_test_runs_and_one_contact_enters(
    clinic: Clinic, open_page: OpenPage, workflow: str
) -> None:
    page = clinic.sign_in(open_page(javascript=False))
    page.goto(f"{workflow}/test/?q=nora@guest")
    page.get_by_role("radio", name="nora@guest.example").check()
    page.get_by_role("button", name="Run test").click()
    expect(page.locator(".test-message")).to_be_visible()
    page.goto(f"{workflow}/enroll/?q=nora@guest")
    page.get_by_role("radio", name="nora@guest.example").check()
    page.get_by_role("button", name="Enroll", exact=True).click()
    expect(page.get_by_role("heading", name="The way so far")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("locale", SIGNED_IN)
def test_answers_to_forms_in_each_pair_of_dresses(
    clinic: Clinic, walk: Walk, axe: Check, workflow: str, locale: str
) -> None:
    page = clinic.sign_in(walk(locale))
    at = f"{clinic.app}/workflows/{clinic.facts['values']['workflow_id']}"
    page.goto(f"{at}/test/")
    page.locator("input[name=assume][value=happens]").check()
    page.locator("form[method=post] .form__actions button").click()
    page.locator("#result").wait_for()
    check_looks(page, axe, locale, PAIRS[locale])
    page.goto(f"{workflow}/enroll/")
    page.locator("input[name=kind][value=all]").check()
    page.locator("form[method=post] .form__actions button").last.click()
    page.locator("#would-enter").wait_for()
    check_looks(page, axe, locale, PAIRS[locale])
    page.goto(f"{at}/settings/")
    page.locator("input[name=end]").fill("03:00")
    page.locator("form.form .form__actions button").click()
    page.locator("[aria-invalid=true]").wait_for()
    check_looks(page, axe, locale, PAIRS[locale])

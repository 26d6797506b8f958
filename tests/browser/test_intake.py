"""A form filled in with and without JavaScript, and the board moved by menu, keyboard and mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, Check, check_looks

pytestmark = pytest.mark.slow


def form_url(clinic: Clinic) -> str:
    return f"{clinic.base}/f/{clinic.facts['values']['form_id']}"


def newest(clinic: Clinic) -> dict[str, Any]:
    listed = clinic.api.get(f"/api/v1/forms/{clinic.facts['values']['form_id']}/submissions").json()["items"]
    return dict(listed[0]["answers"])


@pytest.mark.parametrize("javascript", [True, False])
def test_form_is_sent_at_once_by_a_person(clinic: Clinic, open_page: OpenPage, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto(form_url(clinic))
    page.get_by_label("First name").fill("Uma")
    page.get_by_label("Email").fill(f"uma-{javascript}@guest.example".lower())
    page.get_by_label("Something else").check()
    page.get_by_label("Tell us more").fill("Two things.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expected = {"first_name": "Uma", "email": f"uma-{javascript}@guest.example".lower()}
    assert newest(clinic) == {**expected, "topic": "Something else", "more": "Two things."}


def test_dependent_question_appears_with_its_answer(clinic: Clinic, page: Page) -> None:
    page.goto(form_url(clinic))
    more = page.get_by_label("Tell us more")
    expect(more).to_be_hidden()
    page.get_by_label("Something else").check()
    expect(more).to_be_visible()
    page.get_by_label("Check-up").check()
    expect(more).to_be_hidden()


@pytest.mark.parametrize("locale", PAIRS)
def test_form_in_each_pair_of_dresses(clinic: Clinic, open_page: OpenPage, axe: Check, locale: str) -> None:
    page = open_page(locale=locale)
    page.goto(form_url(clinic))
    check_looks(page, axe, locale, PAIRS[locale])
    page.locator("form[data-answers] button").last.click()
    page.goto(form_url(clinic) + "/thanks")
    check_looks(page, axe, locale, PAIRS[locale])


def stage_of(clinic: Clinic, deal: str) -> str:
    return str(clinic.api.get(f"/api/v1/opportunities/{deal}").json()["stage"])


@pytest.fixture
def board(clinic: Clinic, open_page: OpenPage) -> Page:
    page = clinic.sign_in(open_page(width=1280))
    page.goto(f"{clinic.app}/pipelines/{clinic.facts['values']['pipeline_id']}/")
    return page


@pytest.fixture
def deal(clinic: Clinic) -> str:
    """A new one in the first stage."""
    values = clinic.facts["values"]
    body = {"stage": values["stage_id"], "contact": values["contact_id"], "name": "Veneers"}
    made = clinic.api.post("/api/v1/opportunities", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def stages(clinic: Clinic) -> list[str]:
    found = clinic.api.get(f"/api/v1/pipelines/{clinic.facts['values']['pipeline_id']}").json()["stages"]
    return [stage["id"] for stage in found]


def test_card_is_moved_by_keyboard_alone(clinic: Clinic, deal: str, board: Page) -> None:
    board.get_by_role("button", name="Move Veneers to…").first.focus()
    board.keyboard.press("Enter")
    expect(board.locator(".menu__item:focus")).to_contain_text("Qualified")  # the opened menu takes the focus
    board.keyboard.press("Enter")
    expect(board.locator(".toast")).to_contain_text("Veneers is in Qualified now.")
    assert stage_of(clinic, deal) == stages(clinic)[1]


def test_card_is_dragged_into_another_column(clinic: Clinic, deal: str, board: Page) -> None:
    target = stages(clinic)[2]
    card = board.locator(".deal", has=board.locator(f"a[href*='{deal}']"))
    with board.expect_response(lambda answer: "/stage/" in answer.url):
        card.drag_to(board.locator(f"[data-stage='{target}']"))
    expect(board.locator(f"[data-stage='{target}'] a[href*='{deal}']")).to_be_visible()
    assert stage_of(clinic, deal) == target

"""A workflow built by mouse, by keyboard and without JavaScript: form, link, mail; published once its faults are gone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.clinic import Clinic
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, SIGNED_IN, Check, check_looks

pytestmark = pytest.mark.slow
LINK = "Generate One-Time Booking Link"


def read(clinic: Clinic, page: Page) -> dict[str, Any]:
    found = re.search(r"workflows/([0-9a-f-]{36})", page.url)
    assert found
    return dict(clinic.api.get(f"/api/v1/workflows/{found[1]}").json())


def start(clinic: Clinic, page: Page, name: str) -> Page:
    """A new workflow, empty."""
    clinic.sign_in(page)
    page.goto(f"{clinic.app}/workflows/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create workflow").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    return page


def card(page: Page, title: str) -> Locator:
    return page.locator(".flow-card").filter(has_text=title)


def panel(page: Page) -> Locator:
    return page.locator(".builder__panel")


def save(page: Page) -> None:
    panel(page).get_by_role("button", name="Save").click()
    expect(panel(page)).to_have_count(0)


def test_workflow_is_built_by_mouse_and_published_once_it_is_right(clinic: Clinic, page: Page) -> None:
    start(clinic, page, "By mouse")
    page.get_by_role("link", name="Add trigger").click()
    page.locator("#trigger-picker").get_by_role("button", name="Form submitted").click()
    panel(page).get_by_label("Intake").first.check()
    save(page)
    page.get_by_role("link", name="Add a first step").click()
    page.locator("#step-picker").get_by_role("button", name="Send Email").click()
    save_unfinished(page)
    page.get_by_role("link", name="Add a first step").click()
    page.get_by_label("Search steps").fill("one-time")
    page.locator("#step-picker").get_by_role("button", name=LINK).click()
    panel(page).get_by_label("Calendar", exact=True).select_option(label="First visit")
    panel(page).get_by_label("Name", exact=True).fill("Personal link")
    save(page)
    expect(card(page, "Personal link")).to_contain_text("First visit")
    page.get_by_role("button", name="Publish").click()
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("before publishing")
    summary.get_by_role("link", name="Send Email › Text").click()
    expect(panel(page).locator("[name=p-body]")).to_be_focused()
    write_mail(page)
    save(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#workflow-head .chip")).to_contain_text("Published")
    document = read(clinic, page)
    assert [step["name"] for step in document["steps"]] == ["personal_link", "send_email"]
    assert document["steps"][1]["params"]["body"] == "Your link: {{ steps.personal_link.url }} – once."
    assert document["status"] == "published"


def test_panel_saves_by_itself_and_cards_are_dragged(clinic: Clinic, page: Page) -> None:
    start(clinic, page, "By itself")
    for kind in ("Internal notification", "Send Email"):
        page.locator("[data-pick-place=start]").click()
        page.locator("#step-picker").get_by_role("button", name=kind).click()
        expect(panel(page)).to_contain_text(kind)
    panel(page).locator("[name=p-subject]").fill("Kept")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        panel(page).locator("[name=p-body]").fill("Without a press")
        panel(page).locator("[name=p-subject]").focus()
    panel(page).get_by_label("Name", exact=True).fill("Mail")
    panel(page).locator("[name=p-body]").focus()
    save(page)
    mail = read(clinic, page)["steps"][0]
    assert (mail["name"], mail["params"]) == ("mail", {"subject": "Kept", "body": "Without a press"})
    titles = page.locator(".flow__steps .flow-card__title")
    expect(titles).to_have_text(["Mail", "Internal notification"])
    after = page.locator(".flow__plus").filter(has=page.get_by_label("Add a step after Internal notification"))
    card(page, "Mail").drag_to(after)
    expect(titles).to_have_text(["Internal notification", "Mail"])
    expect(card(page, "Mail").get_by_role("link")).to_be_focused()


def save_unfinished(page: Page) -> None:
    panel(page).get_by_role("button", name="Save").click()
    expect(panel(page)).to_contain_text("Saved in the draft")
    expect(card(page, "Send Email").locator(".flow-card__badge")).to_be_visible()
    panel(page).get_by_role("link", name="Close").first.click()
    expect(panel(page)).to_have_count(0)


def write_mail(page: Page) -> None:
    """The custom value goes in where the caret stands."""
    panel(page).locator("[name=p-subject]").fill("Your appointment")
    body = panel(page).locator("[name=p-body]")
    body.fill("Your link:  – once.")
    body.evaluate("(field) => { field.focus(); field.setSelectionRange(11, 11); }")
    panel(page).get_by_role("button", name="Custom values for Text").click()
    page.get_by_label("Search custom values").fill("personal one-time")
    page.get_by_role("option").filter(has_text="{{ steps.personal_link.url }}").click()
    expect(body).to_be_focused()
    expect(body).to_have_value("Your link: {{ steps.personal_link.url }} – once.")


def test_workflow_is_built_and_rearranged_by_keyboard_alone(clinic: Clinic, page: Page) -> None:
    start(clinic, page, "By keyboard")
    press(page, page.get_by_role("link", name="Add a first step"))
    expect(page.get_by_label("Search steps")).to_be_focused()
    page.keyboard.type("booking link")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    page.get_by_label("Calendar", exact=True).focus()
    page.keyboard.type("First visit")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Enter")
    expect(card(page, LINK).get_by_role("link")).to_be_focused()
    press(page, page.get_by_role("link", name=f"Add a step after {LINK}"))
    expect(page.get_by_label("Search steps")).to_be_focused()
    page.keyboard.type("internal")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("[name=p-subject]").fill("New")
    press(page, page.get_by_role("button", name="Custom values for Text"))
    expect(page.get_by_label("Search custom values")).to_be_focused()
    page.keyboard.type("contact email")
    page.keyboard.press("Enter")
    expect(page.locator("[name=p-body]")).to_have_value("{{ contact.email }}")
    press(page, panel(page).get_by_role("button", name="Save"))
    expect(card(page, "Internal notification").get_by_role("link")).to_be_focused()
    choose(page, "Internal notification", "Move up")
    expect(page.locator(".flow-card__title").first).to_have_text("Internal notification")
    choose(page, "Internal notification", "Duplicate")
    expect(card(page, "Internal notification")).to_have_count(2)
    choose(page, LINK, "Delete")
    expect(card(page, LINK)).to_have_count(0)
    press(page, page.get_by_role("button", name="Undo"))
    expect(card(page, LINK)).to_have_count(1)
    names = [step["name"] for step in read(clinic, page)["steps"]]
    assert names == ["internal_notification", "internal_notification_2", "generate_one_time_booking_link"]


def press(page: Page, target: Locator) -> None:
    target.focus()
    page.keyboard.press("Enter")


def choose(page: Page, title: str, words: str) -> None:
    """An item of a card's menu."""
    press(page, card(page, title).first.get_by_role("button", name=f"Actions for {title}"))
    expect(page.locator(".menu__item:focus")).to_be_visible()
    press(page, page.locator(".menu:popover-open").get_by_text(words, exact=True))
    expect(page.locator(".menu:popover-open")).to_have_count(0)
    expect(page.locator(".flow-card__link:focus")).to_be_visible()  # drawn anew, where the next key would go


@pytest.mark.parametrize("locale", SIGNED_IN)
def test_branches_work_without_script_and_look_right(
    clinic: Clinic, open_page: OpenPage, axe: Check, locale: str
) -> None:
    plain = start(clinic, open_page(javascript=False), f"Plain {locale}")
    plain.get_by_role("link", name="Add a first step").click()
    panel(plain).get_by_role("button", name="If / else").click()
    panel(plain).get_by_label("Value").select_option("contact.email")
    panel(plain).get_by_label("Comparison").select_option("is_filled")
    panel(plain).get_by_role("button", name="Or").click()
    expect(panel(plain).get_by_label("Comparison")).to_have_count(2)
    panel(plain).get_by_label("Value").nth(1).select_option("contact.phone")
    panel(plain).get_by_label("Compared with").nth(1).fill("+49")
    save(plain)
    plain.get_by_role("link", name="Add a step at the start of Yes").click()
    panel(plain).get_by_role("button", name="Send Email").click()
    panel(plain).get_by_role("button", name="Save").click()
    page = clinic.sign_in(open_page(locale=locale))
    for address in (plain.url, plain.url.replace("steps/send_email/", "steps/if_else/"), f"{base(plain)}/steps/"):
        page.goto(address)
        check_looks(page, axe, locale, PAIRS[locale])
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(base(plain) + "/")
    page.locator(".flow-plus").first.click()
    axe(page)
    page.goto(plain.url)
    page.locator("[data-values-for]").first.click()
    axe(page)


def base(page: Page) -> str:
    return page.url.partition("/steps/")[0].rstrip("/")

"""Every state of the public pages in every dress: no violation of axe, one heading, nothing sideways, no error."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic, choose_slot, confirm, fill_in, slots
from tests.browser.conftest import OpenPage, Walk
from tests.browser.looks import PAIRS, TRIPLES, Check, check_looks
from tests.server import Live

pytestmark = pytest.mark.slow
STATES = (
    "link",
    "link-prefilled",
    "link-verify",
    "link-locked",
    "link-two-offered",
    "link-one-offered",
    "link-offered-gone",
    "link-used",
    "link-deleted",
    "link-expired",
    "link-not-open",
    "link-paused",
    "link-full",
    "link-other-zone",
    "link-all-zones",
    "link-thanks",
    "link-mine-thanks",
    "link-unknown",
    "scheduling",
    "scheduling-paused",
    "scheduling-full",
    "permanent",
    "calendar-unknown",
    "group",
    "group-empty",
    "group-paused",
    "link-group",
    "link-group-chosen",
    "link-group-empty",
    "booking",
    "booking-new",
    "booking-moved",
    "booking-cancelled",
    "booking-locked",
    "booking-over",
    "booking-reschedule",
    "booking-cancel",
    "booking-too-late",
    "booking-unknown",
    "request",
    "request-declined",
    "request-answer",
    "request-answered",
)


def unfold(page: Page) -> None:
    """Open what is folded and choose a time, so that nothing hides from the checks."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
    if page.locator("#book .slot").count():
        page.locator("#book .slot").first.click()


def no_start(clinic: Clinic, page: Page) -> None:
    page.goto(clinic.url("link"))
    page.locator("#book").evaluate("form => form.noValidate = true")
    page.locator(".confirm-bar button").click()
    expect(page.locator("[data-focus]")).to_be_focused()


def wrong_fields(clinic: Clinic, page: Page) -> None:
    page.goto(clinic.link("rich")["url"])
    choose_slot(page, 1)
    page.locator("#book").evaluate("form => form.noValidate = true")
    page.locator(".confirm-bar button").click()
    expect(page.locator(".error-summary")).to_be_focused()


def conflict(clinic: Clinic, page: Page) -> None:
    page.goto(clinic.link()["url"])
    start = choose_slot(page, 5)
    page.locator("#book [name=name]").fill("Anna")
    page.locator("#book [name=email]").fill("anna@guest.example")
    clinic.take(start)
    page.locator(".confirm-bar button").click()
    expect(page.locator("button[name=pick]").first).to_be_visible()


def old_form(clinic: Clinic, page: Page) -> None:
    page.goto(clinic.link()["url"])
    choose_slot(page, 5)
    page.locator("#book [name=name]").fill("Anna")
    page.locator("#book [name=email]").fill("anna@guest.example")
    page.locator("#book [name=form]").evaluate("field => field.value = 'forged'")
    page.locator(".confirm-bar button").click()
    expect(page.locator(".alert--warn")).to_be_focused()


def wrong_code(clinic: Clinic, page: Page) -> None:
    page.goto(clinic.url("link-verify"))
    choose_slot(page, 5)
    page.locator("#code").fill("123456")
    page.locator(".confirm-bar button").click()
    expect(page.locator(".error-summary")).to_be_focused()


def wrong_request(clinic: Clinic, page: Page) -> None:
    clinic.visit(page, "link-expired")
    page.locator("summary").first.click()
    page.locator("form[action$='/request']").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(page.locator(".error-summary").first).to_be_visible()


def you_booked_this(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    page.goto(link["url"])
    choose_slot(page, 7)
    page.locator("#book [name=name]").fill("Anna")
    page.locator("#book [name=email]").fill("anna@guest.example")
    page.locator(".confirm-bar button").click()
    page.wait_for_url(re.compile("/b/"))
    page.goto(link["url"])
    expect(page.locator(".button--primary")).to_be_visible()


ANSWERS = [no_start, wrong_fields, conflict, old_form, wrong_code, wrong_request, you_booked_this]


def test_stage_shows_the_states_walked_here(clinic: Clinic) -> None:
    assert sorted(clinic.facts["states"]) == sorted(STATES)


@pytest.mark.parametrize("locale", PAIRS)
@pytest.mark.parametrize("state", STATES)
def test_state_in_each_pair_of_dresses(clinic: Clinic, walk: Walk, axe: Check, state: str, locale: str) -> None:
    page = walk(locale)
    page.goto(clinic.url(state))
    unfold(page)
    check_looks(page, axe, locale, PAIRS[locale])


@pytest.mark.parametrize("locale", PAIRS)
@pytest.mark.parametrize("reach", ANSWERS, ids=lambda one: one.__name__)
def test_answer_in_each_pair_of_dresses(
    clinic: Clinic, open_page: OpenPage, axe: Check, reach: Callable[[Clinic, Page], None], locale: str
) -> None:
    page = open_page(locale=locale)
    reach(clinic, page)
    check_looks(page, axe, locale, PAIRS[locale])


@pytest.mark.soak
@pytest.mark.parametrize("locale", PAIRS)
@pytest.mark.parametrize("state", STATES)
def test_state_in_every_dress(clinic: Clinic, open_page: OpenPage, axe: Check, state: str, locale: str) -> None:
    for scheme, width in TRIPLES[locale]:
        page = open_page(locale=locale, dark=scheme == "dark", width=width)
        page.goto(clinic.url(state))
        check_looks(page, axe, locale, [(scheme, width)])
        unfold(page)
        check_looks(page, axe, locale, [(scheme, width)])


def test_no_time_zone_is_offered_where_the_devices_is_shown(clinic: Clinic, open_page: OpenPage) -> None:
    page = open_page(zone="Europe/Berlin")
    page.goto(clinic.url("link"))
    expect(page.locator("[data-timezone-offer]")).to_be_hidden()


def test_time_zone_of_the_device_is_offered_and_taken(clinic: Clinic, open_page: OpenPage) -> None:
    page = open_page(zone="Asia/Tokyo")
    page.goto(clinic.url("link"))
    here = page.locator("#book .slot__time").first.inner_text()
    page.get_by_role("link", name="Use that time zone").click()
    expect(page.locator(".zone b").first).to_have_text("Asia/Tokyo")
    assert page.locator("#book .slot__time").first.inner_text() != here


def test_too_many_posts_are_told_to_wait(serve: Callable[..., Live], open_page: OpenPage, axe: Check) -> None:
    url = serve(ADMITONE_POST_LIMIT="1").demo()["one_time_url"]
    page = open_page(locale="en-GB")
    page.goto(url)
    for _ in range(3):
        with page.expect_navigation() as answer:
            page.locator("#book").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
        if answer.value.status == 429:
            break
    assert answer.value.status == 429
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])


def test_slots_in_a_narrow_window_need_no_scroller_of_their_own(clinic: Clinic, open_page: OpenPage) -> None:
    page = open_page(width=320, height=640)
    page.goto(clinic.url("link"))
    heights = slots(page).evaluate_all("all => all.map((one) => one.closest('.slot').getBoundingClientRect().height)")
    assert min(heights) >= 44
    assert page.locator("#book").evaluate(
        "form => [...form.querySelectorAll('*')].every((one) => !/auto|scroll/.test(getComputedStyle(one).overflowY)"
        " || one.scrollHeight <= one.clientHeight)"
    )


def test_confirm_stays_in_sight_on_a_phone_once_a_time_is_chosen(clinic: Clinic, open_page: OpenPage) -> None:
    page = open_page(width=320, height=640)
    page.goto(clinic.url("scheduling"))
    choose_slot(page, 0)
    fill_in(page)
    expect(page.get_by_role("button", name="Confirm")).to_be_in_viewport()
    page.locator("#book [name=name]").scroll_into_view_if_needed()
    expect(page.locator("[data-what]")).to_be_in_viewport()
    confirm(page)
    page.wait_for_url(re.compile("/b/"))

"""Each behaviour of app.js on the smallest page that shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from admitone.ui.bundles import build

ORIGIN = "http://localhost:9"
Show = Callable[..., list[str]]


@pytest.fixture
def show(page: Page) -> Show:
    """`show(body, answer={})` loads a body with app.js; returns the list that collects what the page posts."""

    def load(body: str, answer: dict[str, str] | None = None) -> list[str]:
        posted: list[str] = []

        def respond(route: Route) -> None:
            request = route.request
            if request.url.endswith("app.js"):
                route.fulfill(body=build("app.js"), content_type="text/javascript")
            elif request.method == "POST":
                posted.append(request.post_data or "")
                route.fulfill(body=json.dumps(answer or {}), content_type="application/json")
            else:
                route.fulfill(body=document(body), content_type="text/html")

        page.route(f"{ORIGIN}/**", respond)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=ORIGIN)
        page.goto(f"{ORIGIN}/")
        return posted

    return load


def document(body: str) -> str:
    return (
        f"<!doctype html><html lang=en><title>t</title><body>{body}{render_to_string('ui/confirm.html')}"
        "<div data-toasts></div><div role=status data-announcer></div><script type=module src=/app.js></script>"
    )


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_copy_puts_the_text_on_the_clipboard_and_says_so(page: Page, show: Show) -> None:
    show('<button data-copy="https://x.test/1" data-copy-done="Copied"><span data-copy-label>Copy</span></button>')
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-announcer]")).to_have_text("Copied")
    assert clipboard(page) == "https://x.test/1"


def test_copy_refused_selects_the_field_and_names_the_keys(page: Page, show: Show) -> None:
    show(
        '<div data-copy-scope><input id="f" value="abc" readonly><button data-copy-from="#f">Copy</button><p data-copy-note></p></div>'
    )
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-copy-note]")).to_have_text("Press Ctrl+C to copy")
    assert page.evaluate("[document.activeElement.id, f.selectionStart, f.selectionEnd]") == ["f", 0, 3]


MINT = """<div data-copy-scope><form method="post" action="/mint" data-mint><button data-copy-done="Copied">Copy</button>
<button name="replace" value="1" data-mint-new>New</button></form><input data-mint-output readonly hidden data-mint-shown></div>"""


def test_mint_pressed_twice_posts_once_and_new_posts_again(page: Page, show: Show) -> None:
    posted = show(MINT, {"url": "https://x.test/l/one"})
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-announcer]")).to_have_text("Copied")
    assert clipboard(page) == "https://x.test/l/one"
    expect(page.locator("[data-mint-output]")).to_have_value("https://x.test/l/one")
    page.get_by_role("button", name="Copy").click()
    page.wait_for_timeout(100)
    assert len(posted) == 1
    page.get_by_role("button", name="New").click()
    page.wait_for_function("!document.querySelector('form').hasAttribute('aria-busy')")
    assert len(posted) == 2
    assert "replace" in posted[1]


def test_dialog_opens_closes_and_gives_the_focus_back(page: Page, show: Show) -> None:
    show(
        '<a href="/share/" data-dialog-open="d">Share</a><dialog id="d"><button data-dialog-close>Close</button></dialog>'
    )
    page.get_by_role("link", name="Share").click()
    expect(page.locator("#d")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#d")).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Share"


def test_tabs_move_by_keys_and_show_one_panel(page: Page, show: Show) -> None:
    tabs = "".join(f'<a class="tabs__tab" href="#p{n}">Tab {n}</a>' for n in (1, 2, 3))
    panels = "".join(f'<section id="p{n}">Panel {n}</section>' for n in (1, 2, 3))
    show(f'<div data-tabs><div class="tabs__list" aria-label="x">{tabs}</div>{panels}</div>')
    page.get_by_role("tab", name="Tab 1").focus()
    for key, expected in [("ArrowRight", "Tab 2"), ("End", "Tab 3"), ("ArrowRight", "Tab 1"), ("ArrowLeft", "Tab 3")]:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == expected
    assert page.get_by_role("tabpanel").all_inner_texts() == ["Panel 3"]


def test_menu_by_keyboard_takes_arrows_and_escape(page: Page, show: Show) -> None:
    show(
        '<button popovertarget="m">More</button><div class="menu" popover id="m">'
        '<a class="menu__item" href="#a">One</a><a class="menu__item" href="#b">Two</a></div>'
    )
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.textContent === 'One'")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Two"
    page.keyboard.press("Escape")
    expect(page.locator("#m")).to_be_hidden()


def test_confirm_asks_first_and_sends_only_on_yes(page: Page, show: Show) -> None:
    posted = show(
        '<form method="post" action="/x"><button name="do" value="delete" data-confirm="Delete?" data-confirm-label="Delete it">Delete</button></form>'
    )
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    assert posted == []
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it").click()
    page.wait_for_url(f"{ORIGIN}/x")
    assert posted == ["do=delete"]


def test_submit_once_pressed_twice_is_sent_once(page: Page, show: Show) -> None:
    posted = show('<form method="post" action="/x" data-submit-once><button name="a" value="1">Go</button></form>')
    page.evaluate("{ const b = document.querySelector('form button'); b.click(); b.click(); }")
    page.wait_for_url(f"{ORIGIN}/x")
    assert posted == ["a=1"]


def test_select_all_counts_the_page_then_everything(page: Page, show: Show) -> None:
    rows = "".join(f'<input type="checkbox" name="ids" value="{n}" data-select-row aria-label="r{n}">' for n in (1, 2))
    posted = show(
        '<form method="post" action="/x" data-select-all data-total="250"><input type="checkbox" data-select-page aria-label="all">'
        f'{rows}<input type="hidden" name="all_matching" data-select-everything><div data-select-bar><b data-select-count></b>'
        '<button type="button" data-select-matching hidden>Everything</button><button>Send</button></div></form>'
    )
    expect(page.locator("[data-select-bar]")).to_be_hidden()
    page.get_by_label("all").check()
    expect(page.locator("[data-select-count]")).to_have_text("2")
    page.get_by_role("button", name="Everything").click()
    expect(page.locator("[data-select-count]")).to_have_text("250")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(f"{ORIGIN}/x")
    assert parse_qs(posted[0]) == {"ids": ["1", "2"], "all_matching": ["1"]}


def test_timezone_is_offered_only_when_it_differs(page: Page, show: Show) -> None:
    offer = (
        '<span data-timezone-offer hidden>Use <b data-timezone-name></b> <a data-timezone-link href="#">yes</a></span>'
    )
    show(
        f'<div data-timezone="Europe/Berlin">{offer}</div><div data-timezone="Asia/Tokyo">{offer}</div><input data-timezone-input>'
    )
    expect(page.locator("[data-timezone='Asia/Tokyo'] [data-timezone-offer]")).to_be_visible()
    expect(page.locator("[data-timezone='Europe/Berlin'] [data-timezone-offer]")).to_be_hidden()
    expect(page.locator("[data-timezone='Asia/Tokyo'] a")).to_have_attribute("href", f"{ORIGIN}/?tz=Europe%2FBerlin")
    expect(page.locator("input")).to_have_value("Europe/Berlin")


def test_theme_is_kept_in_a_cookie_and_marked(page: Page, show: Show) -> None:
    show('<button data-theme-set="dark">Dark</button><button data-theme-set="auto">Auto</button>')
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("[document.documentElement.dataset.theme, document.cookie]") == ["dark", "admitone_theme=dark"]
    page.get_by_role("button", name="Auto").click()
    assert page.evaluate("document.cookie") == ""
    expect(page.get_by_role("button", name="Auto")).to_have_attribute("aria-pressed", "true")

"""From the empty installation to a running practice, in a browser: set-up, home, settings, security."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import OpenPage
from tests.server import Live

Axe = Callable[[Page], None]
PASSWORD = "a very long password"
PAGES = (
    "/app/north-clinic/",
    "/app/north-clinic/bookings/",
    "/app/north-clinic/bookings/new/",
    "/app/north-clinic/contacts/",
    "/app/north-clinic/contacts/new/",
    "/app/north-clinic/settings/general/",
    "/app/north-clinic/settings/team/",
    "/app/north-clinic/settings/api-keys/",
    "/app/accounts/",
    "/app/accounts/new/",
    "/app/me/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
)


def set_up(live: Live, page: Page) -> None:
    """Set the installation up, once; later tests sign in."""
    page.goto(f"{live.base_url}/")
    if page.url.endswith("/setup/"):
        page.fill("[name=token]", (live.data_dir / "setup-token").read_text())
        page.fill("[name=name]", "Ada Lovelace")
        page.fill("[name=email]", "ada@example.com")
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=business]", "North Clinic")
        page.click("text=Create account")
    else:
        page.fill("[name=login]", "ada@example.com")
        page.fill("[name=password]", PASSWORD)
        page.click("form.form button")
    page.wait_for_url("**/app/north-clinic/")


def confirm_access(page: Page) -> None:
    if "/reauthenticate/" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.click("form.form button")


def test_set_up_takes_the_zone_from_the_browser(live: Live, open_page: OpenPage, axe: Axe) -> None:
    page = open_page(zone="America/New_York")
    page.goto(f"{live.base_url}/")
    assert page.url == f"{live.base_url}/setup/"
    axe(page)
    assert page.input_value("[name=timezone]") == "America/New_York"
    set_up(live, page)
    axe(page)
    assert page.locator(".step.is-done").count() == 1


@pytest.mark.soak  # test_screens walks them with a demo's data
@pytest.mark.parametrize(("dark", "width"), [(False, 320), (True, 1280)])
def test_every_page_is_accessible(live: Live, open_page: OpenPage, axe: Axe, dark: bool, width: int) -> None:
    page = open_page(dark=dark, width=width)
    set_up(live, page)
    for path in PAGES:
        page.goto(live.base_url + path)
        confirm_access(page)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_signed_out_pages_are_accessible(live: Live, open_page: OpenPage, axe: Axe) -> None:
    set_up(live, open_page())
    for dark, width in ((False, 320), (True, 1280)):
        page = open_page(dark=dark, width=width)
        for path in (
            "/accounts/login/",
            "/accounts/password/reset/",
            "/accounts/password/reset/done/",
            "/invitation/x/",
        ):
            page.goto(live.base_url + path)
            axe(page)


def test_sub_account_is_switched_and_key_made_without_javascript(live: Live, open_page: OpenPage) -> None:
    set_up(live, open_page())
    page = open_page(javascript=False)
    set_up(live, page)
    page.goto(f"{live.base_url}/app/accounts/new/")
    page.fill("[name=name]", "South Clinic")
    page.click("text=Create sub-account")
    page.wait_for_url("**/app/south-clinic/")
    page.click(".switcher")
    page.click(".menu__item >> text=North Clinic")
    page.wait_for_url("**/app/north-clinic/")
    page.goto(f"{live.base_url}/app/north-clinic/settings/api-keys/")
    page.fill("[name=name]", "Website")
    page.click("text=Create key")
    assert page.input_value("#new-key").startswith("ao_")


def test_passkey_is_added_and_signs_in(live: Live, open_page: OpenPage, axe: Axe) -> None:
    page = open_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    base = live.base_url.replace("127.0.0.1", "localhost")  # a passkey needs a host name
    set_up(live, page)
    page.goto(f"{base}/accounts/login/")
    page.fill("[name=login]", "ada@example.com")
    page.fill("[name=password]", PASSWORD)
    page.click("form.form button")
    page.wait_for_url("**/app/north-clinic/")
    page.goto(f"{base}/accounts/2fa/webauthn/add/")
    confirm_access(page)
    axe(page)
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery-codes/**")
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    axe(page)
    page.context.clear_cookies()
    page.goto(f"{base}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/app/north-clinic/")

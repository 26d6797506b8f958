"""Message templates, the choice of an email service and unsubscribing, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.test_messages import sign_in

from admitone.accounts.addresses import unsubscribe_url
from admitone.messaging.models import EmailSettings, MessageTemplate, OptOut

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_preview_follows_what_is_typed_and_saves_nothing(
    live_server: Any, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    account = factories.account(slug="north-clinic")
    factories.contact(account, name="Ada Lovelace", email="ada@example.com", phone="")
    template = factories.message_template(account)
    page = open_page(width=390)
    sign_in(page, live_server, factories.owner(account))
    page.goto(f"{live_server.url}/app/north-clinic/messages/templates/{template.pk}/")
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.frame_locator("iframe").locator("body")).to_contain_text("Dear Ada")
    page.get_by_label("Text").fill("Call {{ contact.phone }}")
    expect(preview.locator("body")).to_contain_text("Empty for this contact")
    page.get_by_label("Text").fill("Dear {{ contact.shoe }}")
    expect(preview.locator("body")).to_contain_text("There is no value called contact.shoe.")
    axe(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error-summary, [role=alert]").first).to_contain_text("contact.shoe")
    assert MessageTemplate.objects.get().body == "Dear {{ contact.first_name }}"


def test_service_is_chosen_and_kept(live_server: Any, open_page: OpenPage, axe: Callable[[Page], None]) -> None:
    account = factories.account(slug="north-clinic")
    page = open_page(width=1280)
    sign_in(page, live_server, factories.owner(account))
    page.goto(f"{live_server.url}/app/north-clinic/settings/email/")
    page.get_by_label("Send email with").select_option("postmark")
    page.get_by_label("Server API token").fill("pm-token")
    page.get_by_label("Address", exact=True).fill("hello@north.example")
    axe(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Remove service")).to_be_visible()
    assert EmailSettings.objects.get().provider == "postmark"


def test_reader_unsubscribes_without_javascript_and_comes_back(
    live_server: Any, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    message = factories.message(factories.account(name="Lime"), unsubscribe=True)
    page = open_page(width=320, javascript=False)
    page.goto(live_server.url + unsubscribe_url(message.pk).removeprefix("http://testserver"))
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    assert OptOut.objects.count() == 1
    page.get_by_role("button", name="Subscribe again").click()
    expect(page.get_by_role("heading", name="Unsubscribe?")).to_be_visible()
    assert OptOut.objects.count() == 0

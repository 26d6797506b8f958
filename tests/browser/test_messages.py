"""Messages and Settings > Email in a browser: no violation of axe or of the pages' policy, the preview included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests import factories
from tests.browser.conftest import OpenPage

from admitone.jobs import run_pending
from admitone.messaging.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def sign_in(page: Page, live_server: Any, user: Any) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "admitone_session", "value": client.cookies["admitone_session"].value, "url": live_server.url}]
    )


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 320)])
def test_messages_and_email_settings_have_no_violations(
    live_server: Any, open_page: OpenPage, axe: Callable[[Page], None], dark: bool, width: int
) -> None:
    account = factories.account(slug="north-clinic")
    factories.booking(factories.calendar(account), note="Please call first")
    run_pending(now=factories.NOW)
    Message.objects.filter(kind="booking.created.host").update(status="failed", error="550 5.1.1 No such mailbox")
    page = open_page(dark=dark, width=width)
    sign_in(page, live_server, factories.owner(account))
    for path in ("messages/", "messages/?status=queued", "settings/email/"):
        page.goto(f"{live_server.url}/app/north-clinic/{path}")
        axe(page)
    for message in Message.objects.all():
        page.goto(f"{live_server.url}/app/north-clinic/messages/{message.id}/")
        assert page.frame_locator(".mail-preview").locator("h1").count() == 1
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

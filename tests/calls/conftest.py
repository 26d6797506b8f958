"""A practice whose number forwards to a mobile phone, and Twilio signing what it posts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.twilio import NUMBER, SID, TOKEN, Twilio, signature

from admitone.accounts.models import Account
from admitone.calls.models import PhoneNumber
from admitone.calls.services import register_number
from admitone.events import SYSTEM
from admitone.messaging.sms import SmsProvider, save_sms_settings

NOW = factories.NOW
BASE = "https://book.example.com"
CALLER = "+4915112345678"
OWNER = "+4915199999999"


@pytest.fixture
def account(db: None, settings: Any) -> Account:
    settings.BASE_URL = BASE
    return factories.account(name="Praxis Klein", slug="praxis-klein")


@pytest.fixture
def number(account: Account) -> PhoneNumber:
    values = {"number": NUMBER, "provider": "twilio", "forward_to": OWNER, "ring_seconds": 15}
    return register_number(account=account, actor=SYSTEM, now=NOW, **values)


@pytest.fixture
def twilio(account: Account, settings: Any) -> Iterator[Twilio]:
    """The account's SMS go to this server, and its token signs hooks."""
    with Twilio() as server:
        settings.ENV = dataclasses.replace(settings.ENV, twilio_url=server.url)
        save_sms_settings(account=account, typed=SmsProvider("twilio", NUMBER, SID, TOKEN), actor=SYSTEM, now=NOW)
        yield server


Post = Callable[..., Any]


@pytest.fixture
def post() -> Post:
    """`post(url, From=...)`: Twilio posts a form to an address of ours, signed unless `token` says otherwise."""

    def send(url: str, token: str = TOKEN, **params: str) -> Any:
        headers = {"X-Twilio-Signature": signature(url, params, token)}
        return Client().post(url.removeprefix(BASE), params, headers=headers)

    return send

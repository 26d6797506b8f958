"""Every channel in the registry keeps what messaging/channels/base.py promises."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import override_settings

from admitone.messaging.channels import Channel, Parcel, Receipt, Refused, channel_named, channels

#: Params with which a channel cannot reach anybody.
NOWHERE = {
    "outbox": {},
    "email_smtp": {"host": "127.0.0.1", "port": 1, "security": "none"},
    "email_anymail": {"provider": "postmark", "options": {"server_token": "t"}},
    "sms_twilio": {"account_sid": "AC1", "auth_token": "t", "sender": "+4930901820", "api": "http://127.0.0.1:1"},
    "sms_http": {"url": "http://127.0.0.1:1/", "sender": "Praxis"},
}
KEYS = sorted(channels())


def test_registry_holds_the_channels_of_this_folder() -> None:
    assert {"email_anymail", "email_smtp", "outbox", "sms_http", "sms_twilio"} == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_channel_has_params_and_tells_what_it_is(key: str) -> None:
    kind = channels()[key]
    assert issubclass(kind, Channel)
    assert kind.key == key
    assert is_dataclass(kind.Params)
    assert kind.__doc__
    assert all(field.type for field in fields(kind.Params))


@pytest.mark.parametrize("key", KEYS)
def test_delivery_to_nowhere_is_a_receipt_or_a_refusal_with_words(key: str) -> None:
    parcel = Parcel(uuid4(), datetime(2026, 11, 2, tzinfo=UTC), "A", "a@example.com", "b@example.com", "", "S", "T")
    one = channel_named(key)
    try:
        with override_settings(ANYMAIL={"POSTMARK_API_URL": "http://127.0.0.1:1/"}):
            answer = one.deliver(parcel, one.Params(**NOWHERE[key]))
    except Refused as refusal:
        assert refusal.words
        assert refusal.permanent is False
    else:
        assert isinstance(answer, Receipt)

"""Secrets and headers of Standard Webhooks: while a rotation overlaps, both secrets sign."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from standardwebhooks import Webhook

from admitone.accounts.models import Account
from admitone.accounts.sealing import unseal
from admitone.webhooks.models import Endpoint

PREFIX = "whsec_"
SECRET_BYTES = 32
OF_WORKFLOWS = b"admitone workflow webhooks v1:"


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def message_id(delivery_id: UUID) -> str:
    """The same for every attempt and replay, so that receivers can leave out what they have seen."""
    return f"msg_{delivery_id.hex}"


def headers(endpoint: Endpoint, delivery_id: UUID, body: str, now: datetime) -> dict[str, str]:
    """Raises SealBroken when the secret was sealed under another SECRET_KEY."""
    return signed(secrets_of(endpoint, now), message_id(delivery_id), body, now)


def signed(secrets: Sequence[str], key: str, body: str, now: datetime) -> dict[str, str]:
    """The headers of a message whose id is `key`, one signature for each secret."""
    signatures = [Webhook(secret).sign(key, now, body) for secret in secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def secrets_of(endpoint: Endpoint, now: datetime) -> list[str]:
    """The new one first."""
    found = [unseal(endpoint.secret_sealed)]
    if endpoint.old_secret_sealed and endpoint.old_secret_until and endpoint.old_secret_until > now:
        found.append(unseal(endpoint.old_secret_sealed))
    return found


def secrets_for(account: Account, url: str, now: datetime) -> list[str]:
    """Those of the account's endpoint at this address, else the one that signs what workflows send elsewhere."""
    endpoint = Endpoint.objects.filter(account=account, url=url).order_by("id").first()
    return secrets_of(endpoint, now) if endpoint else [workflow_secret(account)]


def workflow_secret(account: Account) -> str:
    """The same for ever under one SECRET_KEY, another for each account; nothing is stored."""
    made = hmac.digest(settings.SECRET_KEY.encode(), OF_WORKFLOWS + account.id.bytes, "sha256")
    return PREFIX + b64encode(made).decode()

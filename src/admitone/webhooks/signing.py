"""Secrets and headers of Standard Webhooks: while a rotation overlaps, both secrets sign."""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import datetime
from uuid import UUID

from standardwebhooks import Webhook

from admitone.accounts.sealing import unseal
from admitone.webhooks.models import Endpoint

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def message_id(delivery_id: UUID) -> str:
    """The same for every attempt and replay, so that receivers can leave out what they have seen."""
    return f"msg_{delivery_id.hex}"


def headers(endpoint: Endpoint, delivery_id: UUID, body: str, now: datetime) -> dict[str, str]:
    """Raises SealBroken when the secret was sealed under another SECRET_KEY."""
    key = message_id(delivery_id)
    signatures = [Webhook(secret).sign(key, now, body) for secret in secrets_of(endpoint, now)]
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

"""Secrets at rest (SMTP passwords, feed addresses): Fernet under a key derived from SECRET_KEY (RFC 5869)."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

LABEL = b"admitone sealing v1"


class SealBroken(ValueError):
    """The sealed text was made under another SECRET_KEY, or is damaged."""


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=LABEL).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str) -> str:
    """Encrypt `text`; "" stays ""."""
    return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode() if text else ""


def unseal(text: str) -> str:
    """What was sealed; "" stays "". Raises SealBroken."""
    if not text:
        return ""
    try:
        return _fernet(settings.SECRET_KEY).decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("sealed under another secret key") from error

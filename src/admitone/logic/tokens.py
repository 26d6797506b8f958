"""Unforgeable public ids: base64url(kid . id . HMAC-SHA256(key[kid], purpose . id)[:16]), 44 characters, no database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

MAC_BYTES = 16
TOKEN_LENGTH = 44
MIN_KEY_BYTES = 16

ONE_TIME = "o1"
MANAGE = "b1"
WAITLIST = "w1"  # a place in a waiting list
ANSWER = "a1"  # a request, for its host
HOOK = "h1"  # an inbound webhook
STRIPE = "s1"  # an account, for its payment provider
PHONE = "t1"  # an account, for its SMS and calls
UNSUBSCRIBE = "u1"
EMAIL_REPORTS = "r1"
FEED = "f1"  # a host's appointments, for a calendar program
ROOM = "v1"  # the video room of a booking


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by number (1-255); the last one signs, all of them verify. Adding a key breaks no link, retiring one does."""

    keys: tuple[tuple[int, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Read `1:base64url-key` entries separated by commas or lines. Raises ValueError with what is wrong."""
        entries = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
        keys = tuple(_entry(entry) for entry in entries)
        if not keys:
            raise ValueError("the keyring holds no key")
        if len({kid for kid, _ in keys}) != len(keys):
            raise ValueError("two keys have the same number")
        return cls(keys)

    def sign(self, purpose: str, subject: UUID) -> str:
        kid, key = self.keys[-1]
        return _encode(bytes([kid]) + subject.bytes + _mac(key, purpose, subject.bytes))

    def word(self, purpose: str, subject: UUID) -> str:
        """A word of small letters and digits that only the holder of the keys can make from the subject."""
        _kid, key = self.keys[-1]
        return base64.b32encode(_mac(key, purpose, subject.bytes)).decode().rstrip("=").lower()

    def verify(self, purpose: str, token: str) -> UUID | None:
        """The id inside a token of this purpose, or None: forged, foreign, malformed and retired look the same."""
        raw = _decode(token)
        if raw is None:
            return None
        key = dict(self.keys).get(raw[0])
        if key is None or not hmac.compare_digest(_mac(key, purpose, raw[1:17]), raw[17:]):
            return None
        return UUID(bytes=raw[1:17])


def new_entry(kid: int = 1) -> str:
    return f"{kid}:{_encode(secrets.token_bytes(32))}"


def _entry(text: str) -> tuple[int, bytes]:
    kid, _, encoded = text.partition(":")
    if not kid.isdigit() or not 1 <= int(kid) <= 255:
        raise ValueError("a key's number is 1 to 255, as in 1:BASE64URL")
    try:
        key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"key {kid} is not base64url") from error
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"key {kid} is shorter than {MIN_KEY_BYTES} bytes")
    return int(kid), key


def _mac(key: bytes, purpose: str, subject: bytes) -> bytes:
    return hmac.new(key, purpose.encode() + subject, hashlib.sha256).digest()[:MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(token: str) -> bytes | None:
    """33 bytes of a canonical token; the round trip refuses second spellings of the same bytes."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == 33 and _encode(raw) == token else None

"""What stands in for CSRF cookies on pages that set none: a signed value in each form and the origin of each POST.

The value carries the form's idempotency key and is bound to a purpose and one link, calendar or booking.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

MAX_AGE = 12 * 3600
BOOKED_COOKIE = "admitone_booked"
BOOKED_AGE = 180 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Sealed:
    """`state` is ok, old (key still readable), foreign (another site sent it) or forged; `key` is empty when forged."""

    state: Literal["ok", "old", "foreign", "forged"]
    key: str = ""


def seal(purpose: str, subject: str, key: str = "") -> str:
    """A value for one form; a new random idempotency key unless one is kept from an earlier rendering."""
    return signing.TimestampSigner(salt=_salt(purpose, subject)).sign(key or secrets.token_urlsafe(16))


def unseal(request: HttpRequest, purpose: str, subject: str) -> Sealed:
    """Judge the POST's `form` value and where the browser says it comes from."""
    signer = signing.TimestampSigner(salt=_salt(purpose, subject))
    value = str(request.POST.get("form", ""))[:300]
    try:
        key = signer.unsign(value)
    except signing.BadSignature:
        return Sealed("forged")
    if not from_here(request):
        return Sealed("foreign", key)
    try:
        signer.unsign(value, max_age=MAX_AGE)
    except signing.SignatureExpired:
        return Sealed("old", key)
    return Sealed("ok", key)


def age(request: HttpRequest, purpose: str, subject: str, now: datetime) -> float:
    """Seconds since the POST's form was rendered, never too few; 0 for a forged one."""
    try:
        signed = signing.Signer(salt=_salt(purpose, subject)).unsign(str(request.POST.get("form", ""))[:300])
        return now.timestamp() - signing.b62_decode(signed.rpartition(":")[2])
    except (signing.BadSignature, ValueError):
        return 0


def from_here(request: HttpRequest) -> bool:
    """Was this POST sent by one of our own pages? Old browsers that say nothing are believed (the seal still holds)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    ours = {f"{request.scheme}://{request.get_host()}", settings.BASE_URL}
    return origin in {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, ours)}


def booked_cookie(link_id: str, booking_id: str) -> str:
    """The value by which the browser that booked recognises its used link later."""
    return signing.Signer(salt=_salt("booked", link_id)).sign(booking_id)


def booked_here(request: HttpRequest, link_id: str) -> str:
    """The id of the booking this browser made with the link, or empty."""
    try:
        return signing.Signer(salt=_salt("booked", link_id)).unsign(request.COOKIES.get(BOOKED_COOKIE, "")[:300])
    except signing.BadSignature:
        return ""


def _salt(purpose: str, subject: str) -> str:
    return f"admitone.public.{purpose}.{subject}"

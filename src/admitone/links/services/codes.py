"""Codes for links with policy `verify`: six digits mailed to the bound address, 15 minutes, five tries."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from admitone.links.models import LinkCode
from admitone.logic.errors import Problem

LIFETIME = timedelta(minutes=15)
TRIES = 5


@transaction.atomic
def make_code(link_id: UUID, now: datetime) -> str:
    """A fresh code, replacing an earlier one; only its keyed hash is stored. The caller mails it."""
    code = f"{secrets.randbelow(10**6):06d}"
    LinkCode.objects.update_or_create(
        link_id=link_id, defaults={"code_hash": _hash(link_id, code), "tries": 0, "expires_at": now + LIFETIME}
    )
    return code


def check_code(link_id: UUID, code: str | None, now: datetime) -> None:
    """Raises Problem code_required or code_invalid. A try is counted before it is judged, in a transaction of its own."""
    digits = "".join(c for c in code or "" if c.isdigit())
    if not digits:
        raise Problem("code_required")
    rows = LinkCode.objects.filter(link_id=link_id, tries__lt=TRIES, expires_at__gt=now)
    if not rows.update(tries=F("tries") + 1):
        raise Problem("code_invalid")
    stored = LinkCode.objects.values_list("code_hash", flat=True).get(link_id=link_id)
    if not hmac.compare_digest(stored, _hash(link_id, digits)):
        raise Problem("code_invalid")
    LinkCode.objects.filter(link_id=link_id, tries__gt=0).update(tries=F("tries") - 1)  # a lost slot costs no try


def _hash(link_id: UUID, code: str) -> str:
    key = hashlib.sha256(b"admitone link code" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, link_id.bytes + code.encode(), hashlib.sha256).hexdigest()

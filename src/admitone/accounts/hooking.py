"""Addresses by which providers of SMS and calls reach a sub-account: the token names it, a signature or the secret proves the sender."""

from __future__ import annotations

import hmac
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from admitone.accounts.addresses import absolute
from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.logic.tokens import PHONE

SALT = "admitone.hooks"


def hook_url(account_id: UUID, path: str, rest: str = "") -> str:
    """https://.../hooks/<path>/<token><rest>, for example of path "twilio/sms"."""
    return absolute(f"/hooks/{path}/{keyring().sign(PHONE, account_id)}{rest}")


def hooked_account(token: str) -> Account | None:
    account_id = keyring().verify(PHONE, token)
    return Account.objects.filter(pk=account_id).first() if account_id else None


def hook_secret(account_id: UUID) -> str:
    """What programs without signatures send along; it changes with the installation's SECRET_KEY only."""
    return salted_hmac(SALT, str(account_id), secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()[:40]


def is_hook_secret(account_id: UUID, given: str) -> bool:
    return hmac.compare_digest(hook_secret(account_id).encode(), given.encode())

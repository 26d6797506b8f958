"""Every absolute address the product hands out, in one place."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from admitone.accounts.keyring import keyring
from admitone.logic.tokens import ANSWER, EMAIL_REPORTS, HOOK, MANAGE, ONE_TIME, STRIPE, UNSUBSCRIBE, WAITLIST


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def one_time_url(link_id: UUID) -> str:
    return absolute(f"/o/{keyring().sign(ONE_TIME, link_id)}")


def manage_url(booking_id: UUID) -> str:
    return absolute(f"/b/{keyring().sign(MANAGE, booking_id)}")


def answer_url(booking_id: UUID) -> str:
    """For the host alone: whoever has it may approve or decline the request."""
    return absolute(f"/a/{keyring().sign(ANSWER, booking_id)}")


def waiting_url(entry_id: UUID) -> str:
    """Where somebody who waits for a full time sees their place and can give it up."""
    return absolute(f"/w/{keyring().sign(WAITLIST, entry_id)}")


def unsubscribe_url(message_id: UUID) -> str:
    """Where the reader of this message is left alone from then on."""
    return absolute(f"/u/{keyring().sign(UNSUBSCRIBE, message_id)}")


def email_reports_url(provider: str, account_id: UUID) -> str:
    """Where an account's email service tells what became of its mails."""
    return absolute(f"/hooks/email/{provider}/{keyring().sign(EMAIL_REPORTS + provider, account_id)}")


def hook_url(hook_id: UUID) -> str:
    return absolute(f"/hooks/in/{keyring().sign(HOOK, hook_id)}")


def stripe_url(account_id: UUID) -> str:
    return absolute(f"/hooks/stripe/{keyring().sign(STRIPE, account_id)}")


def scheduling_url(account_slug: str, calendar_slug: str) -> str:
    return absolute(f"/{account_slug}/{calendar_slug}")


def group_url(account_slug: str, slug: str) -> str:
    return absolute(f"/{account_slug}/g/{slug}")


def permanent_url(calendar_id: UUID | str) -> str:
    return absolute(f"/c/{calendar_id}")


def form_url(form_id: UUID | str) -> str:
    return absolute(f"/f/{form_id}")


def is_private_base() -> bool:
    """True while the base URL is a loopback or private address, so that nobody else can open a link."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.rsplit(".", 1)[-1] in {"localhost", "local", "internal", "test", "lan", "home"}

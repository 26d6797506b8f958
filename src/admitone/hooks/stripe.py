"""/hooks/stripe/<token>: an account's Stripe tells of payments; its signature is checked before anything is believed."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse

from admitone.accounts.keyring import keyring
from admitone.accounts.limits import hit
from admitone.accounts.models import Account
from admitone.accounts.sealing import SealBroken
from admitone.hooks.door import hook
from admitone.integrations.payments import receive_payment, secret_of
from admitone.integrations.stripe_events import is_signed, paid
from admitone.logic import bodies
from admitone.logic.errors import Problem
from admitone.logic.tokens import STRIPE

A_MINUTE = 600
MAX_BODY = 512 * 1024


@hook(MAX_BODY)
def stripe(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """200 for every signed message, also one that tells of no payment; Stripe repeats what is refused."""
    account_id = keyring().verify(STRIPE, token)
    if account_id is None:
        raise Problem("not_found")
    hit(name="stripe", subject=str(account_id), limit=A_MINUTE, window_seconds=60, now=now)
    try:
        secret = secret_of(account_id)
    except SealBroken:
        raise Problem("not_ready", retry_after=60) from None
    if not secret or not is_signed(request.body, request.headers.get("Stripe-Signature", ""), secret):
        raise Problem("malformed", "The signature is wrong, or its secret is not set in Settings > Payments.")
    found = paid(bodies.load(request.body))
    if found is not None:
        receive_payment(account=Account.objects.get(pk=account_id), paid=found, now=now)
    return JsonResponse({"payment": found is not None})

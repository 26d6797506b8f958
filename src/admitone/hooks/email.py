"""POST /hooks/email/<provider>/<token>: an email service tells what became of mails. Its signature is checked first.

django-anymail reads the reports. The token in the address is an account's; where a service signs nothing, it is the secret.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from standardwebhooks import Webhook, WebhookVerificationError

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.accounts.sealing import SealBroken
from admitone.logic.tokens import EMAIL_REPORTS
from admitone.messaging import queries, reports
from admitone.messaging.esps import ESPS, Esp
from admitone.messaging.reports import Report

MAX_BODY = 2_000_000
MAX_REPORTS = 5000
#: SparkPost's classes of bounces of addresses that do not exist.
SPARKPOST_HARD = ("10", "30")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    """Services ask by GET or HEAD whether the address is there; what they POST is answered 200 once it is stored."""
    account, esp = owner(provider, token), ESPS.get(provider)
    if account is None or esp is None:
        return HttpResponse(status=404)
    if request.method != "POST":
        return HttpResponse(status=200)
    if len(request.body) > MAX_BODY:
        return HttpResponse(status=413)
    try:
        options = queries.esp_options(queries.email_settings(account))
    except SealBroken:
        return HttpResponse(status=503)  # they try again, perhaps after the key is back
    if not is_signed(request, esp, options):
        return HttpResponse("The signature is wrong, or its key is not set in Settings > Email.", status=403)
    return stored(request, account, esp, options)


def owner(provider: str, token: str) -> Account | None:
    account_id = keyring().verify(EMAIL_REPORTS + provider, token)
    return Account.objects.filter(pk=account_id).first() if account_id else None


def stored(request: HttpRequest, account: Account, esp: Esp, options: Mapping[str, str]) -> HttpResponse:
    """Unknown messages and news that is old are ignored: whoever sends them need not know."""
    try:
        found = view_of(esp, options).parse_events(request)[:MAX_REPORTS]
        told = [report_of(esp, event) for event in found]
    except Exception:  # whatever a parser trips over, the body is not what the service sends
        return HttpResponse("This could not be read.", status=400)
    for report in told:
        if report.status or report.leave:
            reports.take(account=account, channel="email", report=report, now=timezone.now())
    return HttpResponse(status=200)


def view_of(esp: Esp, options: Mapping[str, str]) -> Any:
    """anymail's view of this service with this account's key; basic authentication is not used, the token stands for it."""
    from anymail.exceptions import AnymailInsecureWebhookWarning, AnymailNotSupportedWarning

    for category in (AnymailInsecureWebhookWarning, AnymailNotSupportedWarning):
        warnings.simplefilter("ignore", category)
    module, name = esp.webhook
    key = {esp.signed_by: options[esp.signed_by]} if signs_itself(esp) else {}
    return getattr(import_module(module), name)(**key)


def signs_itself(esp: Esp) -> bool:
    """Whether anymail checks the signature. Resend signs as Standard Webhooks do, which we check ourselves."""
    return bool(esp.signed_by) and esp.key != "resend"


def is_signed(request: HttpRequest, esp: Esp, options: Mapping[str, str]) -> bool:
    """Without a key nothing is believed; a service that has none is believed by the secret of its address."""
    from anymail.exceptions import AnymailWebhookValidationFailure

    if not esp.signed_by:
        return True
    key = options.get(esp.signed_by, "")
    if not key:
        return False
    try:
        if not signs_itself(esp):
            return svix_signed(request, key)
        view_of(esp, options).run_validators(request)
    except (AnymailWebhookValidationFailure, ValueError, TypeError, AttributeError):
        return False
    return True


def svix_signed(request: HttpRequest, key: str) -> bool:
    names = ("id", "timestamp", "signature")
    headers = {f"webhook-{name}": request.headers.get(f"svix-{name}", "") for name in names}
    try:
        Webhook(key).verify(request.body, headers)
    except (WebhookVerificationError, json.JSONDecodeError):
        return False
    return True


def report_of(esp: Esp, event: Any) -> Report:
    """anymail's event as ours; what only concerns reading (opened, clicked) becomes an empty report."""
    status, leave = meaning(esp, event)
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    return Report(
        status=status,
        provider_id=str(event.message_id or ""),
        message=str(metadata.get("message", "")),
        words=" ".join(str(event.mta_response or event.description or event.reject_reason or "").split()),
        leave=leave,
    )


def meaning(esp: Esp, event: Any) -> tuple[Any, Any]:
    """(status, reason to write no more) of an event."""
    kind, reason = event.event_type, event.reject_reason
    if kind == "bounced":
        return "bounced", "bounce" if is_hard(esp, event) else ""
    if kind == "complained":
        return "complained", "complaint"
    if kind == "rejected":  # its own list of addresses that came back or complained
        gone = {"bounced": ("bounced", "bounce"), "invalid": ("bounced", "bounce"), "spam": ("complained", "complaint")}
        return gone.get(str(reason), ("failed", ""))
    if kind == "unsubscribed" and not is_resubscription(event):
        return None, "one_click"
    return {"delivered": "delivered", "failed": "failed"}.get(kind), ""


def is_hard(esp: Esp, event: Any) -> bool:
    """Whether the address itself is no good, rather than its mailbox full or its server busy."""
    raw = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    soft = {
        "brevo": raw.get("event") == "soft_bounce",
        "mailersend": "soft" in str(raw.get("type", "")),
        "mailjet": raw.get("hard_bounce") is False,
        "postmark": (raw.get("Type") or raw.get("SuppressionReason")) not in ("HardBounce", "BadEmailAddress"),
        "resend": bounce_type(raw) not in ("", "permanent"),
        "sendgrid": raw.get("type") == "blocked",
        "sparkpost": sparkpost_class(raw) not in SPARKPOST_HARD,
    }
    gives_reason = esp.key != "sendgrid"  # of a bounce it says only the type
    return (event.reject_reason in ("bounced", "invalid") or not gives_reason) and not soft.get(esp.key, False)


def bounce_type(raw: Mapping[str, Any]) -> str:
    data = raw.get("data")
    bounce = data.get("bounce") if isinstance(data, Mapping) else None
    return str(bounce.get("type") or "").lower() if isinstance(bounce, Mapping) else ""


def sparkpost_class(raw: Mapping[str, Any]) -> str:
    inner = raw.get("msys")
    events = [one for one in inner.values() if isinstance(one, Mapping)] if isinstance(inner, Mapping) else []
    return str(events[0].get("bounce_class", "")) if events else ""


def is_resubscription(event: Any) -> bool:
    raw = event.esp_event
    return isinstance(raw, Mapping) and raw.get("SuppressSending") is False

"""/hooks/twilio/...: SMS, calls and what became of them. Twilio signs every request with the account's auth token.

Set in Twilio: `sms/<token>` and `voice/<token>` at the number, `voice/<token>/status` as "Call status changes". The other
addresses are handed to Twilio with each message and call.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from admitone.accounts.hooking import hook_url, hooked_account
from admitone.accounts.models import Account
from admitone.accounts.sealing import SealBroken, unseal
from admitone.calls import queries as calls
from admitone.calls.missing import Call, answered, missed, over, ring
from admitone.calls.models import PhoneNumber
from admitone.events import SYSTEM
from admitone.hooks.door import hook
from admitone.logic.errors import Problem
from admitone.logic.identity import storable
from admitone.messaging import queries as messaging
from admitone.messaging import reports
from admitone.messaging.channels.sms_twilio import OPTED_OUT, meaning
from admitone.messaging.receiving import Incoming, receive
from admitone.messaging.reports import Report

DELIVERED = ("delivered", "read")
FAILED = ("failed", "undelivered", "canceled")
UNANSWERED = ("no-answer", "busy", "failed", "canceled")


def signed(request: HttpRequest, token: str) -> tuple[Account, Mapping[str, str]]:
    """The account and what Twilio sent. Problem not_found, or forbidden for anything Twilio has not signed."""
    from twilio.request_validator import RequestValidator, get_signature_algorithm

    account = hooked_account(token)
    if account is None:
        raise Problem("not_found")
    secret = token_of(account)
    given = request.headers.get("X-Twilio-Signature", "")
    url = f"{settings.BASE_URL}{request.get_full_path()}"
    algorithm = get_signature_algorithm(request.headers.get("X-Twilio-Webhooks-Signature-Settings", ""))
    if not secret or not RequestValidator(secret).validate(url, request.POST, given, algorithm):
        raise Problem(
            "forbidden", "The signature is not Twilio's, or the auth token in Settings > SMS and calls is not."
        )
    return account, {name: storable(str(value)) for name, value in request.POST.items()}


def token_of(account: Account) -> str:
    own = messaging.sms_settings(account)
    try:
        return unseal(own.secret_sealed) if own.provider == "twilio" else ""
    except SealBroken as error:
        raise Problem("not_ready") from error


def twiml(body: object = None) -> HttpResponse:
    return HttpResponse(str(body or '<?xml version="1.0" encoding="UTF-8"?><Response/>'), content_type="text/xml")


@hook()
def sms(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """An SMS came in. `OptOutType` says that Twilio has already answered STOP and its like."""
    account, said = signed(request, token)
    if not said.get("MessageSid") or not said.get("From"):
        raise Problem("invalid", "MessageSid and From are missing.")
    incoming = Incoming(
        sender=said["From"],
        to=said.get("To", ""),
        text=said.get("Body", ""),
        provider="twilio",
        provider_id=said["MessageSid"],
        answered=True,
    )
    receive(account=account, sms=incoming, now=now)
    return twiml()


@hook()
def status(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """What became of an SMS of ours; `?message=` is its id here."""
    account, said = signed(request, token)
    state, code = said.get("MessageStatus", ""), said.get("ErrorCode", "")
    if state not in DELIVERED + FAILED:
        return HttpResponse(status=204)
    report = Report(
        status="delivered" if state in DELIVERED else "failed",
        provider_id=said.get("MessageSid", ""),
        message=request.GET.get("message", ""),
        words=(meaning(code) or f"Twilio says: {state}.") if state in FAILED else "",
        leave="stop" if code == OPTED_OUT else "",
    )
    reports.take(account=account, channel="sms", report=report, now=now)
    return HttpResponse(status=204)


@hook()
def voice(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """Somebody calls one of our numbers: ring the owner's phone. The caller hears it ring, and pays for no answer."""
    from twilio.twiml.voice_response import Reject, VoiceResponse

    account, said = signed(request, token)
    number = calls.by_number(account, said.get("To", ""))
    call_id = said.get("CallSid", "")
    if number is None or not number.active or not call_id:
        return twiml(VoiceResponse().append(Reject()))
    if not number.forward_to:
        call = Call(call_id, said.get("From", ""), now, "no-answer", number)
        missed(account=account, call=call, actor=SYSTEM, now=now)
        return twiml(VoiceResponse().append(Reject(reason="busy")))
    ring(number=number, call_id=call_id, caller=said.get("From", ""), now=now)
    return twiml(dialling(account, number))


def dialling(account: Account, number: PhoneNumber) -> object:
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    here = {name: hook_url(account.id, "twilio/voice", f"/{name}") for name in ("dialled", "leg")}
    dial = response.dial(timeout=number.ring_seconds, action=here["dialled"], method="POST", answer_on_bridge=True)
    dial.number(
        number.forward_to, status_callback=here["leg"], status_callback_event="answered", status_callback_method="POST"
    )
    return response


@hook()
def dialled(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """How the ringing ended."""
    account, said = signed(request, token)
    decide(account, said.get("CallSid", ""), said.get("DialCallStatus", ""), now)
    return twiml()


@hook()
def leg(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """The owner picked up: told by the call to their phone, whose parent is the caller's."""
    account, said = signed(request, token)
    if said.get("CallStatus") in ("in-progress", "answered") and said.get("ParentCallSid"):
        answered(account=account, call_id=said["ParentCallSid"])
    return HttpResponse(status=204)


@hook()
def call_status(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    """The caller's call is over. If nobody had picked up by then, the caller hung up first."""
    account, said = signed(request, token)
    state = said.get("CallStatus", "")
    if state == "completed" or state in UNANSWERED:
        outcome = state if state in UNANSWERED else "canceled"
        over(account=account, call_id=said.get("CallSid", ""), outcome=outcome, now=now)
    return HttpResponse(status=204)


def decide(account: Account, call_id: str, outcome: str, now: datetime) -> None:
    if outcome in UNANSWERED:
        over(account=account, call_id=call_id, outcome=outcome, now=now)
    elif outcome in ("completed", "answered"):
        answered(account=account, call_id=call_id)

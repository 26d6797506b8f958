"""SMS and calls of the demo's clinic: a number, calls that nobody took, an opt-out, SMS in both directions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from admitone.accounts.models import Account
from admitone.calls.missing import Call, missed
from admitone.calls.services import register_number
from admitone.events import Actor
from admitone.messaging.models import OptOut
from admitone.messaging.opting import opt_out
from admitone.messaging.receiving import Incoming, receive

CALLER, OTHER = "+4915112345678", "+4915187654321"


def fill(account: Account, actor: Actor, now: datetime) -> dict[str, Any]:
    """Ids for the addresses of Settings > SMS and calls."""
    values = {"number": "+4930901820", "label": "Front desk", "provider": "twilio", "forward_to": "+4915199999999"}
    number = register_number(account=account, actor=actor, now=now, **values)
    for sid, caller, outcome in (("1", CALLER, "no-answer"), ("2", CALLER, "busy"), ("3", "anonymous", "canceled")):
        call = Call(sid, caller, now - timedelta(minutes=10), outcome, number)
        missed(account=account, call=call, actor=actor, now=now)
    text = "Thank you, I will be there."
    sms = Incoming(sender=CALLER, to=number.number, text=text, provider="twilio", provider_id="SM1")
    receive(account=account, sms=sms, now=now)
    opt_out(account=account, channel="email", address="old@guest.example", source="by_hand", actor=actor, now=now)
    opt_out(account=account, channel="sms", address=OTHER, source="stop", actor=actor, now=now)
    return {"phone_number_id": number.id, "opt_out_id": OptOut.objects.filter(account=account)[0].id}

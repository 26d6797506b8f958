from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.calls import queries as calls
from admitone.events.models import Event
from admitone.workflows.filters import chosen, gone
from admitone.workflows.registry import Faults, Trigger, params, trigger


@trigger("call.missed")
class CallMissed(Trigger):
    """Nobody took a call: the first of a caller within the number's quiet hours."""

    label = _("Missed call")
    category = _("Calls")
    events = ("call.missed",)

    @params
    class Params:
        numbers: tuple[UUID, ...] = ()

    labels = {"numbers": _("Phone numbers")}
    helps = {"numbers": _("None chosen means any.")}
    editors = {"numbers": "phone_numbers"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return chosen(event.facts.get("number"), params.numbers)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return gone("numbers", calls.numbers(account), params.numbers)

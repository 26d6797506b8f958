from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.events.models import Event
from admitone.logic import money
from admitone.workflows.models import Enrollment
from admitone.workflows.registry import Faults, Trigger, params, trigger

#: What a test run is given.
EXAMPLE = {"amount_minor": 4900, "currency": "EUR", "provider_id": "pi_example"}


@trigger("payment.received")
class PaymentReceived(Trigger):
    """A payment arrived at the account's Stripe, once per payment."""

    label = _("Payment received")
    category = _("Other programs")
    events = ("payment.received",)
    provides = frozenset({"payment"})

    @params
    class Params:
        """`minimum` is in whole units of the currency, like 49.50."""

        minimum: float = 0
        currency: str = ""

    labels = {"minimum": _("At least"), "currency": _("Currency")}
    helps = {"minimum": _("In whole units, like 49.50."), "currency": _("A code like EUR; left empty, any.")}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        facts = event.facts
        if params.currency and facts["currency"] != params.currency.strip().upper():
            return False
        return Decimal(money.as_typed(facts["amount_minor"], facts["currency"])) >= Decimal(str(params.minimum))

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        found: Faults = {}
        if not 0 <= params.minimum <= 10**12:
            found["minimum"] = translated("Choose an amount from 0.")
        try:
            if params.currency:
                money.clean_currency(params.currency)
        except ValueError as error:
            found["currency"] = str(error)
        return found

    @classmethod
    def given(cls, noun: str, enrollment: Enrollment) -> Mapping[str, Any]:
        return enrollment.cause_facts if "amount_minor" in enrollment.cause_facts else EXAMPLE

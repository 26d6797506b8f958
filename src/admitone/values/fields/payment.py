from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.logic import money
from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields


@merge_fields("payment")
class PaymentValues(Namespace):
    """The payment that started the run."""

    label = _("Payment")
    fields = {
        "amount": Field(_("Amount"), "€49.00", trusted=True),
        "value": Field(_("Amount as a number"), "49.00", "number", trusted=True),
        "currency": Field(_("Currency"), "EUR", trusted=True),
        "reference": Field(_("Reference"), "pi_3PqXyZ", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        given = context.given("payment")
        if not given:
            return {}
        minor, currency = int(given["amount_minor"]), str(given["currency"])
        return {
            "amount": money.shown(minor, currency, str(context.reader.babel).replace("_", "-")),
            "value": money.as_typed(minor, currency),
            "currency": currency,
            "reference": str(given.get("provider_id", "")),
        }

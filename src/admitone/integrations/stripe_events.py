"""What Stripe's messages say about a payment. Their shapes: docs.stripe.com/api/events/types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from admitone.logic import money

#: Currencies whose smallest unit at Stripe is not the hundredth (docs.stripe.com/currencies).
WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
TOLERANCE = 300  # seconds that a signature is good for
KINDS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "payment_intent.succeeded",
    "charge.succeeded",
)


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment. Messages of one payment share `provider_id`; `person` has what this one says of name, email, phone."""

    provider_id: str
    amount_minor: int
    currency: str
    person: Mapping[str, str] = field(default_factory=dict)


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether the account's Stripe signed this within the last five minutes."""
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        return bool(WebhookSignature.verify_header(body.decode(), header, secret, TOLERANCE))
    except (SignatureVerificationError, ValueError):
        return False


def paid(event: Mapping[str, Any]) -> Paid | None:
    """The payment that a message tells of; None for messages about anything else, or about no money."""
    data = event.get("data")
    found = data.get("object") if isinstance(data, Mapping) else None
    read = READERS.get(str(event.get("type", "")))
    return read(found) if read and isinstance(found, Mapping) else None


def of_session(one: Mapping[str, Any]) -> Paid | None:
    """A checkout of a subscription names no payment: its charge tells."""
    if one.get("payment_status") != "paid":
        return None
    return payment(one.get("payment_intent"), one.get("amount_total"), one, one.get("customer_details"))


def of_intent(one: Mapping[str, Any]) -> Paid | None:
    shipping = one.get("shipping")
    person = {**(shipping if isinstance(shipping, Mapping) else {}), "email": one.get("receipt_email")}
    return payment(one.get("id"), one.get("amount_received"), one, person)


def of_charge(one: Mapping[str, Any]) -> Paid | None:
    if one.get("captured") is False:  # money is only reserved
        return None
    details = one.get("billing_details")
    person = dict(details) if isinstance(details, Mapping) else {}
    person["email"] = person.get("email") or one.get("receipt_email")
    return payment(one.get("payment_intent") or one.get("id"), one.get("amount"), one, person)


READERS = {KINDS[0]: of_session, KINDS[1]: of_session, KINDS[2]: of_intent, KINDS[3]: of_charge}


def payment(key: Any, amount: Any, one: Mapping[str, Any], person: Any) -> Paid | None:
    try:
        currency = money.clean_currency(one.get("currency"))
    except ValueError:
        return None
    if not isinstance(key, str) or not 0 < len(key) <= 120 or type(amount) is not int or not 0 < amount < 10**15:
        return None
    return Paid(key, minor(amount, currency), currency, texts(person))


def minor(amount: int, currency: str) -> int:
    """Stripe's smallest unit in ours (ISO 4217)."""
    digits = 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2
    return money.to_minor(f"{Decimal(amount).scaleb(-digits).normalize():f}", currency) if digits else amount


def texts(person: Any) -> dict[str, str]:
    rows = person if isinstance(person, Mapping) else {}
    return {name: rows[name] for name in ("name", "email", "phone") if isinstance(rows.get(name), str) and rows[name]}

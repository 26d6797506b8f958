"""A shop that has posted an order, and a payment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

ORDER = {
    "order": {"id": 1047, "total": "129.00", "items": [{"sku": "gift-card", "quantity": 1}]},
    "customer": {"email": "lena@guest.example", "full_name": "Lena Vogel", "phone": "+4930123456"},
    "tags": ["new", "spring"],
}


def fill(account: Any, actor: Any, now: datetime) -> dict[str, Any]:
    from admitone.integrations.payments import receive_payment, save_payment_settings
    from admitone.integrations.stripe_events import Paid
    from admitone.workflows.services.hooks import create_hook, receive

    hook = create_hook(account=account, name="Shop", mapping={"email": "customer.email"}, actor=actor, now=now)
    receive(hook_id=hook.id, body=ORDER, now=now)
    save_payment_settings(account=account, secret="whsec_0123456789abcdef", actor=actor, now=now)
    paid = Paid("pi_3PqXyZ", 12900, "EUR", {"name": "Lena Vogel", "email": "lena@guest.example"})
    receive_payment(account=account, paid=paid, now=now)
    return {"hook_id": hook.id}

"""Payments: the secret they are checked with, and what follows from one, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.sealing import seal, unseal
from admitone.contacts.services import ensure_contact
from admitone.events import SYSTEM, Actor, record
from admitone.integrations.models import Payment, PaymentSettings
from admitone.integrations.stripe_events import Paid
from admitone.jobs import task
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_name, clean_phone, region_of

#: A payment whose first message names nobody waits so long for one that does.
PATIENCE = timedelta(minutes=2)


def settings_of(account: Account) -> PaymentSettings | None:
    return PaymentSettings.objects.filter(account=account).first()


def secret_of(account_id: UUID) -> str:
    """The signing secret, "" if there is none. Raises SealBroken."""
    found = PaymentSettings.objects.filter(account_id=account_id).values_list("secret_sealed", flat=True).first()
    return unseal(found or "")


def payments(account: Account) -> QuerySet[Payment]:
    return Payment.objects.filter(account=account).select_related("contact").order_by("-created_at", "-id")


@transaction.atomic
def save_payment_settings(*, account: Account, secret: str, actor: Actor, now: datetime) -> PaymentSettings:
    """Keep the signing secret, sealed; "" forgets it. Problem("invalid")."""
    text = secret.strip()
    if text and (not text.startswith("whsec_") or not 10 <= len(text) <= 200 or not text.isprintable()):
        raise Problem("invalid", fields={"secret": _("A signing secret begins with whsec_.")})
    values = {"secret_sealed": seal(text), "updated_at": now}
    found, _made = PaymentSettings.objects.update_or_create(account=account, defaults=values)
    record(
        account_id=account.pk,
        actor=actor,
        now=now,
        kind="payment_settings.changed",
        subject_kind="account",
        subject_id=account.pk,
        facts={"changed": ["secret"]},
    )
    return found


@transaction.atomic
def receive_payment(*, account: Account, paid: Paid, now: datetime) -> Payment:
    """Keep a payment and tell of it once, as soon as a message of it names the contact, else two minutes later."""
    PaymentSettings.objects.filter(account=account).update(heard_at=now)
    key = uuid5(account.pk, paid.provider_id)
    values = {"amount_minor": paid.amount_minor, "currency": paid.currency, "provider_id": paid.provider_id}
    _payment, is_new = Payment.objects.get_or_create(pk=key, account=account, defaults={**values, "created_at": now})
    payment = Payment.objects.select_for_update().get(pk=key)
    if payment.told_at:
        return payment
    person = readable(account, paid.person)
    if person.get("email") or person.get("phone"):
        payment.contact = ensure_contact(account=account, person=person, source="payment", actor=SYSTEM, now=now)
        tell(payment, now)
    elif is_new:
        settle.using(account_id=account.pk, run_after=now + PATIENCE).enqueue(payment_id=str(key))
    return payment


@task(name="payments.settle")
def settle(*, payment_id: str, now: datetime) -> None:
    """No message named anybody: it is told without a contact."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().filter(pk=payment_id, told_at=None).first()
        if payment is not None:
            tell(payment, now)


def tell(payment: Payment, now: datetime) -> None:
    payment.told_at = now
    payment.save(update_fields=["contact", "told_at"])
    record(
        account_id=payment.account_id,
        actor=SYSTEM,
        now=now,
        kind="payment.received",
        subject_kind="payment",
        subject_id=payment.id,
        facts={
            "contact": str(payment.contact_id) if payment.contact_id else None,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "provider_id": payment.provider_id,
        },
    )


def readable(account: Account, person: Mapping[str, str]) -> dict[str, str]:
    """What can be kept of a name, an address and a number."""
    rules: dict[str, Callable[[str], str]] = {
        "name": clean_name,
        "email": clean_email,
        "phone": lambda raw: clean_phone(raw, region_of(account.timezone)),
    }
    found = {}
    for name, raw in person.items():
        try:
            found[name] = rules[name](raw)
        except ValueError:
            continue
    return found

"""Payments that providers tell of, and the sealed secret that their messages are checked with."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from admitone.logic.ids import uuid7


class PaymentSettings(models.Model):
    """`secret_sealed` is the signing secret of the account's Stripe webhook; `heard_at` when it last spoke validly."""

    account = models.OneToOneField(
        "accounts.Account", models.CASCADE, primary_key=True, related_name="payment_settings"
    )
    secret_sealed = models.TextField(blank=True)
    heard_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.account_id)


class Payment(models.Model):
    """One payment, whatever number of messages tells of it. `told_at`: payment.received was recorded.

    A first message that names nobody waits a little for one that does.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="payments")
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="payments")
    provider_id = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "provider_id"], name="payment_once")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class HostFeed(models.Model):
    """A secret calendar feed of one host's appointments in one sub-account; another id is another address."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="host_feeds")
    host = models.ForeignKey("calendars.Host", models.CASCADE, related_name="feeds")
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "host"], name="host_feed_once")]

    def __str__(self) -> str:
        return str(self.host_id)

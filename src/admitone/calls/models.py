"""Phone numbers of an account, and the calls that nobody took."""

from django.db import models
from django.db.models import Q

from admitone.logic.ids import uuid7


class PhoneNumber(models.Model):
    """A number (E.164) whose calls ring `forward_to` for `ring_seconds`. `provider` is twilio, or "" for a number whose
    calls are reported to us by the owner's own call flow.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="phone_numbers")
    number = models.CharField(max_length=20)
    label = models.CharField(max_length=80, blank=True)
    provider = models.CharField(max_length=24, blank=True)
    forward_to = models.CharField(max_length=20, blank=True)
    ring_seconds = models.SmallIntegerField(default=20)
    quiet_hours = models.IntegerField(default=24)  # repeated calls of one caller within so many hours count once
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "number"], condition=Q(deleted_at=None), name="phone_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.number


class IncomingCall(models.Model):
    """A call that rang `number`, kept a week: `state` is ringing, answered or missed."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="incoming_calls")
    number = models.ForeignKey(PhoneNumber, models.CASCADE, related_name="incoming_calls")
    provider_id = models.CharField(max_length=80)
    caller = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, default="ringing")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "provider_id"], name="incoming_call_once")]

    def __str__(self) -> str:
        return f"{self.caller} {self.state}"


class MissedCall(models.Model):
    """A call nobody took, once per `provider_id` (Twilio's CallSid). `caller` is E.164, or what was shown of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="missed_calls")
    number = models.ForeignKey(PhoneNumber, models.SET_NULL, null=True, related_name="missed_calls")
    provider_id = models.CharField(max_length=80)
    caller = models.CharField(max_length=40, blank=True)
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="missed_calls")
    outcome = models.CharField(max_length=16)  # no-answer, busy, failed, canceled
    note = models.CharField(max_length=200, blank=True)  # why nothing follows: withheld, repeated ...
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "provider_id"], name="missed_call_once")]
        indexes = [models.Index(fields=["account", "-id"], name="missed_call_list")]

    def __str__(self) -> str:
        return f"{self.caller} {self.at:%Y-%m-%d %H:%M}"

"""The spine: one Event row per write; audit trail, activity feed, notifications and webhooks all read it."""

from django.db import models

from admitone.logic.ids import uuid7


class Event(models.Model):
    """`facts` holds ids, states and names of changed fields, never personal data. Order is promised per subject only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    v = models.SmallIntegerField(default=1)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    subject_seq = models.IntegerField()
    cause_id = models.UUIDField(null=True)
    depth = models.SmallIntegerField(default=0)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_id", "subject_seq"], name="event_once_per_subject_seq")]
        indexes = [models.Index(fields=["account_id", "-id"], name="event_account_feed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}"


class EventReceipt(models.Model):
    """A consumer has seen an event: the unique pair makes every handler run once."""

    consumer = models.CharField(max_length=100)
    event_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "event_id"], name="receipt_once_per_consumer")]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"

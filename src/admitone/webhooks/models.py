"""Where other programs want to be told (endpoints), and every message that was or is to be delivered there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from admitone.logic.ids import uuid7


class Endpoint(models.Model):
    """`kinds` filters events, an empty list wants all. Secrets are sealed; the old one signs too until `old_secret_until`.

    `paused_by`: "" (active), hand, failing (three days without success) or gone (it answered 410).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=1000)
    description = models.CharField(max_length=120, blank=True)
    kinds = models.JSONField(default=list)
    secret_sealed = models.TextField()
    old_secret_sealed = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    paused_by = models.CharField(max_length=8, blank=True)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account"], condition=Q(active=True), name="webhook_active")]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message to one endpoint; `body` is sent as stored, again and again. `status`: queued, sending, delivered, failed.

    `round` counts replays: a job of an earlier round finds nothing to do.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField(null=True)  # null for a test
    kind = models.CharField(max_length=64)
    body = models.TextField()
    status = models.CharField(max_length=12, default="queued")
    round = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    response_status = models.IntegerField(null=True)
    response_body = models.TextField(blank=True)
    error = models.CharField(max_length=500, blank=True)
    duration_ms = models.IntegerField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_once_per_event")]
        indexes = [models.Index(fields=["endpoint", "-id"], name="webhook_log")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

"""Rows of the background engine. A finished job is deleted; a dead one stays until somebody retries or drops it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from admitone.jobs.registry import NO_ACCOUNT

READY, SLEEPING, RUNNING, DEAD = "ready", "sleeping", "running", "dead"
PENDING = (READY, SLEEPING)


class Job(models.Model):
    """One call of one task. `fence` grows whenever the row changes hands; only its holder may settle the job."""

    id = models.BigAutoField(primary_key=True)
    queue = models.CharField(max_length=50, default="default")
    task = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    status = models.CharField(max_length=8, default=READY)
    priority = models.IntegerField(default=0)
    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    key = models.CharField(max_length=200, null=True)
    account_id = models.UUIDField(default=NO_ACCOUNT)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(status__in=PENDING), name="job_pending_key"),
        ]
        indexes = [
            models.Index(
                "status", "queue", models.F("priority").desc(), "account_id", "run_after", "id", name="job_turn"
            ),
            models.Index(fields=["status", "run_after"], name="job_due"),
            models.Index(fields=["status", "lease_until"], name="job_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.pk} ({self.status})"


class Tick(models.Model):
    """The latest tick of a periodic task that has been enqueued, by whichever worker came first."""

    name = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"


class WorkerBeat(models.Model):
    """A sign of life of one worker, renewed every ten seconds and removed when it stops."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name} {self.at}"

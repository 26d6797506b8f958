"""Background work of workflows, and what becomes of an enrollment whose job dies."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from admitone.jobs import DeadJob, on_dead
from admitone.workflows import engine
from admitone.workflows.engine import advance
from admitone.workflows.services.bulk import enroll_some

__all__ = ["advance", "enroll_some"]


def give_up(job: DeadJob) -> None:
    """An enrollment never stays active behind a dead job: it is seen as failed and can be retried."""
    if job.task != advance.name:
        return
    with transaction.atomic():
        enrollment = engine.locked(UUID(job.args["enrollment_id"]))
        if enrollment is not None and enrollment.status in engine.LIVE:
            work = engine.Turn(enrollment, timezone.now())
            engine.give_up(work, job.error[:500])
            work.save()


on_dead.append(give_up)

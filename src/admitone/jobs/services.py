"""What a person may do to jobs."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from admitone.jobs.embedded import wake
from admitone.jobs.models import DEAD, READY, Job
from admitone.logic.errors import Problem


def retry_dead(*, job_id: int, now: datetime) -> None:
    """Give a dead job all its attempts again. Problem `not_found` when there is no such dead job."""
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job_id, status=DEAD).update(
                status=READY, attempts=0, run_after=now, finished_at=None, fence=F("fence") + 1
            )
            transaction.on_commit(wake.set)
    except IntegrityError as error:
        raise Problem("invalid", "A newer job with the same key is already waiting.") from error
    if not changed:
        raise Problem("not_found", f"There is no dead job {job_id}.")

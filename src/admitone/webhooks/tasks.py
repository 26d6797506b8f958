"""The job that delivers one message, what becomes of one whose job dies, and the end of the log."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from admitone.jobs import DeadJob, Retry, limit_queue, on_dead, periodic, task
from admitone.webhooks import delivering
from admitone.webhooks.models import Delivery

KEPT = timedelta(days=30)
BATCH = 1000

# A receiver that answers slowly may never hold every thread of a worker.
limit_queue("webhooks", max(1, settings.ENV.job_threads - 1))


@task(queue="webhooks", retries=2 * len(delivering.WAITS), timeout=60)
def deliver(*, delivery_id: str, round: int, now: datetime) -> None:  # noqa: A002 - the column's name
    """One attempt; the next one follows after the wait of the table, for three days in all."""
    claimed = delivering.claim(delivery_id, round, now)
    if claimed is None:
        return
    outcome = delivering.attempt(claimed, now)
    wait = delivering.record_outcome(claimed, outcome, now)
    if wait is not None:
        raise Retry(wait, outcome.error)


def give_up(job: DeadJob) -> None:
    """No message stays `queued` behind a dead job: it is shown as failed and can be replayed."""
    if job.task == deliver.name:
        mine = Delivery.objects.filter(pk=job.args["delivery_id"], round=job.args["round"])
        mine.filter(status__in=("queued", "sending")).update(
            status="failed", error=job.error[:500], next_attempt_at=None
        )


on_dead.append(give_up)


@periodic(every=timedelta(days=1), name="webhooks.purge")
def purge(*, now: datetime) -> None:
    """The log and the bodies in it are kept for 30 days."""
    while True:
        old = list(Delivery.objects.filter(created_at__lt=now - KEPT).order_by("created_at").values_list("pk")[:BATCH])
        Delivery.objects.filter(pk__in=[key for (key,) in old]).delete()
        if len(old) < BATCH:
            return

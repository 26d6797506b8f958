"""Background work of contacts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from admitone.contacts import importing
from admitone.jobs import DeadJob, on_dead, periodic, task


@task(queue="bulk")
def import_chunk(*, import_id: str, now: datetime) -> None:
    """One chunk; the transaction that takes it queues the job of the next, so others get their turn between them."""
    with transaction.atomic():
        batch = importing.take_chunk(import_id=import_id, now=now)
        if batch is not None and batch.status == "running":
            import_chunk.using(account_id=batch.account_id).enqueue(import_id=import_id)


@periodic(every=timedelta(days=1), name="contacts.purge_imports")
def purge_imports(*, now: datetime) -> None:
    importing.purge(now)


def give_up_import(job: DeadJob) -> None:
    if job.task == import_chunk.name:
        importing.give_up(import_id=job.args["import_id"], now=timezone.now())


on_dead.append(give_up_import)

"""The job that sends a message, and what becomes of one whose job dies."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from admitone.jobs import DeadJob, Retry, on_dead, task
from admitone.messaging import sending
from admitone.messaging.models import Message
from admitone.messaging.reports import tell


@task(queue="mail", retries=2 * sending.MAX_ATTEMPTS)
def send(*, message_id: str, now: datetime) -> None:
    """Send a queued message. Transient refusals are tried again with growing waits, permanent ones end it."""
    message = sending.claim(message_id)
    if message is None:
        return
    outcome = sending.attempt(message, now)
    written = sending.record_outcome(message, outcome, now)
    if written and outcome.wait is not None:
        raise Retry(outcome.wait, outcome.error)


def give_up(job: DeadJob) -> None:
    """A message never stays `queued` behind a dead job: the owner sees it as failed and can send it again."""
    if job.task != send.name:
        return
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(pk=job.args["message_id"])
        message = rows.filter(status__in=("queued", "sending")).first()
        if message is not None:
            message.status, message.error = "failed", job.error[:500]
            message.save(update_fields=["status", "error"])
            tell(message, "message.failed", timezone.now())


on_dead.append(give_up)

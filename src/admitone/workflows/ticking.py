"""What time brings: schedules and dates, links about to expire, bodies that are kept no longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from admitone.accounts.models import Account
from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.jobs import periodic
from admitone.links.services import tell_expiring
from admitone.workflows import clocks
from admitone.workflows.models import Subscription
from admitone.workflows.registry import triggers
from admitone.workflows.services.hooks import purge
from admitone.workflows.services.purging import purge_runs, purge_templates, purge_workflows

BATCH = 500
EXPIRING = "one_time_link.expiring"


@periodic(every=timedelta(minutes=1), name="workflows.expiring")
def expiring(*, now: datetime) -> None:
    """Only for accounts with a workflow that waits for it, with its lead time."""
    for account_id, hours in sorted(leads()):
        while tell_expiring(account_id=account_id, hours=hours, now=now, limit=BATCH) == BATCH:
            pass


def leads() -> set[tuple[UUID, int]]:
    rows = Subscription.objects.filter(trigger=EXPIRING, workflow__status="published", workflow__deleted_at=None)
    read = ((row.account_id, triggers()[EXPIRING].read(row.filters)) for row in rows)
    return {(account_id, filters.hours) for account_id, (filters, wrong) in read if not wrong}


@periodic(every=timedelta(days=1), name="workflows.forget_requests")
def forget_requests(*, now: datetime) -> None:
    while purge(now=now, limit=BATCH) == BATCH:
        pass


@periodic(every=timedelta(days=1), name="workflows.purge")
def purge_deleted(*, now: datetime) -> None:
    """What was deleted more than 30 days ago: workflows with their runs, templates that none is left to send with."""
    for some in (purge_runs, purge_workflows):
        while some(now=now, limit=BATCH) == BATCH:
            pass
    purge_templates(now=now)


@periodic(every=timedelta(minutes=1), name="workflows.clock")
def clock(*, now: datetime) -> None:
    while clocks.strike_due(now=now, limit=BATCH) == BATCH:
        pass


@on("account.changed", consumer="workflows.clock")
def zone_changed(event: Event, now: datetime) -> None:
    if "timezone" in event.facts.get("fields", ()):
        clocks.rewind(Account.objects.get(pk=event.account_id), now)

"""Background work of links that a clock starts; jobs that a write asks for are beside it in services."""

from __future__ import annotations

from datetime import datetime, timedelta

from admitone.booking.services.keeping import end_forgotten
from admitone.jobs import DeadJob, on_dead, periodic
from admitone.links.purging import purge_calendars, purge_groups, purge_links
from admitone.links.services.batches import give_up, issue_batch
from admitone.links.services.offering import close_past, due, lines, offer_next, settle
from admitone.links.services.opening import tell_expired

BATCH = 500


@periodic(every=timedelta(days=1), name="links.purge")
def purge(*, now: datetime) -> None:
    """Remove links, calendars and groups that were deleted, unused, more than 30 days ago; until then a deletion can be
    undone."""
    for some in (purge_links, purge_calendars, purge_groups):
        while some(now=now, limit=BATCH) == BATCH:
            pass


@periodic(every=timedelta(minutes=1), name="links.expire")
def expire(*, now: datetime) -> None:
    """Expiry is no write: whoever waits for it (webhooks, workflows) is told by an event."""
    while tell_expired(now=now, limit=BATCH) == BATCH:
        pass


@periodic(every=timedelta(minutes=1), name="links.waitlist")
def tend_waiting_lists(*, now: datetime) -> None:
    """Whatever became of the job of an offer, its seats pass on; nobody waits for what has begun."""
    for link_id in due(now):
        settle(link_id=link_id, now=now)
    while close_past(now):
        pass


@periodic(every=timedelta(minutes=5), name="links.waitlist_room")
def look_for_room(*, now: datetime) -> None:
    """Room that no event of the calendar tells of: a host's other appointment was cancelled, a feed can be read again."""
    for calendar_id, start in lines(now):
        offer_next(calendar_id=calendar_id, start=start, now=now)
    end_forgotten(now)


def give_up_batch(job: DeadJob) -> None:
    if job.task == issue_batch.name:
        give_up(batch_id=job.args["batch_id"])


on_dead.append(give_up_batch)

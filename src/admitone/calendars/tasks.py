"""Busy sources are read in the background about every four minutes, so that a booking seldom has to wait for one; public
holidays once a month."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from admitone.calendars import busy
from admitone.calendars.services import holidays
from admitone.jobs import enqueue_many, periodic, task

#: With a tick a minute and the jitter below, a source is read again 3:00 to 4:40 after the last time: within FRESH_FOR.
AGE = timedelta(minutes=3)
JITTER = 40


@periodic(every=1, queue="busy", retries=0)
def refresh_busy_sources(*, now: datetime) -> None:
    """Ask for every source that was not tried for three minutes, spread over forty seconds by its id."""
    enqueue_many(
        (
            busy.refresh_busy_source.using(
                run_after=now + timedelta(seconds=source_id.int % JITTER), key=f"busy:{source_id}"
            ),
            {"source_id": str(source_id)},
        )
        for source_id in busy.due(now, AGE)
    )


@task(retries=3)
def refresh_schedule_holidays(*, schedule_id: str, now: datetime) -> None:
    """Read one schedule's public holidays again."""
    holidays.refresh_holidays(schedule_id=UUID(schedule_id), now=now)


@periodic(every=timedelta(hours=1), retries=0)
def refresh_public_holidays(*, now: datetime) -> None:
    """Ask for every schedule whose holidays were read a month ago or last year."""
    enqueue_many(
        (refresh_schedule_holidays.using(key=f"holidays:{schedule_id}"), {"schedule_id": str(schedule_id)})
        for schedule_id in holidays.due(now)
    )

"""An appointment that is moved again and again while a slow calendar server takes its earlier states."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event as Gate
from threading import Thread

import pytest
from django.db import connections
from tests import factories
from tests.integrations.test_connecting import choose, connect
from tests.radicale_server import Radicale

from admitone.booking import services as booking
from admitone.booking.models import Booking
from admitone.events import SYSTEM
from admitone.integrations.models import ExternalEvent
from admitone.jobs import run_pending
from admitone.logic.clock import from_min

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def radicale() -> Iterator[Radicale]:
    with Radicale() as server:
        yield server


def worker(stop: Gate, at: datetime) -> None:
    try:
        while not stop.is_set():
            run_pending(now=at)
            time.sleep(0.01)
    finally:
        connections.close_all()


@pytest.mark.parametrize("ends_cancelled", [False, True])
def test_the_last_state_wins(radicale: Radicale, ends_cancelled: bool) -> None:
    now = factories.NOW
    work = radicale.calendar("Work")
    calendar = factories.calendar(factories.account())
    choose(connect(calendar.account, calendar.calendar_hosts.get().host, radicale, now), now, write_to="Work")
    radicale.holds["PUT"] = lambda: time.sleep(0.08)
    one = factories.booking(calendar)
    stop = Gate()
    workers = [Thread(target=worker, args=(stop, now)) for _ in range(2)]
    for thread in workers:
        thread.start()
    start = one.start_min
    for step in range(8):
        start += 30 if step % 3 else -30
        booking.reschedule(account_id=one.account_id, booking_id=one.id, start=start, actor=SYSTEM, now=now, by="host", by_hand=True)  # fmt: skip
        time.sleep(0.05)
    if ends_cancelled:
        booking.cancel(account_id=one.account_id, booking_id=one.id, actor=SYSTEM, now=now, by="host")
    time.sleep(0.3)
    stop.set()
    for thread in workers:
        thread.join()
    for minute in range(4):
        run_pending(now=now + timedelta(minutes=minute))
    files = radicale.files(work)
    entry = ExternalEvent.objects.get()
    assert (entry.state, len(files)) == (("removed", 0) if ends_cancelled else ("written", 1))
    if files:
        last = Booking.objects.get(id=one.id)
        assert f"DTSTART:{from_min(last.start_min).astimezone(UTC):%Y%m%dT%H%M%SZ}" in radicale.get(files[0])

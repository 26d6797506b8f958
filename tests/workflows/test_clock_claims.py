"""However many nodes look at the clock at once, each moment and each payment is taken once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from tests import factories
from tests.workflows.conftest import NOW

from admitone.booking.services import complete
from admitone.events import Event
from admitone.integrations.models import Payment
from admitone.integrations.payments import receive_payment
from admitone.integrations.stripe_events import Paid
from admitone.jobs import run_pending
from admitone.links.services import tell_expiring
from admitone.workflows import clocks
from admitone.workflows.models import Enrollment
from admitone.workflows.services.hooks import create_hook, receive

pytestmark = pytest.mark.django_db(transaction=True)
NODES = 4
TEN = NOW + timedelta(hours=1)


def at_once(work: Callable[[], object]) -> None:
    """Run it on several connections at the same moment; what any of them raises is raised."""
    ready = Barrier(NODES)

    def node() -> None:
        try:
            connection.ensure_connection()
            ready.wait(10)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(NODES) as pool:
        for done in [pool.submit(node) for _ in range(NODES)]:
            done.result()


def count(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def test_each_moment_is_claimed_once(published):
    steps = [{"name": "pause", "type": "wait.for", "params": {"days": 9}}]
    for _ in range(5):
        published(steps, [{"type": "schedule", "filters": {"at": "11:00"}}])
    at_once(lambda: clocks.strike_due(now=TEN, limit=2))
    while clocks.strike_due(now=TEN):
        pass
    run_pending(now=TEN)
    assert (count("clock.struck"), Enrollment.objects.count()) == (5, 5)


def test_appointments_are_completed_and_links_told_of_once(calendar):
    for n in range(6):
        factories.booking(calendar, NOW + timedelta(days=1, hours=n))
        factories.link(calendar, expires_at=NOW + timedelta(days=3, minutes=n))
    late = NOW + timedelta(days=3)
    at_once(lambda: complete(now=late))
    at_once(lambda: tell_expiring(account_id=calendar.account_id, hours=24, now=late - timedelta(hours=23)))
    assert (count("booking.completed"), count("one_time_link.expiring")) == (6, 6)


def test_payment_that_is_told_of_at_once_is_one(account):
    paid = Paid("pi_1", 100, "EUR", {"email": "ada@example.com"})
    at_once(lambda: receive_payment(account=account, paid=paid, now=NOW))
    assert (Payment.objects.count(), count("payment.received")) == (1, 1)


def test_posts_to_a_hook_at_once_are_all_kept(account):
    hook = create_hook(account=account, name="Shop", mapping={"email": "email"}, actor=factories.SYSTEM, now=NOW)
    at_once(lambda: receive(hook_id=hook.id, body={"email": "ada@example.com"}, now=NOW))
    assert (count("hook.received"), count("contact.created")) == (NODES, 1)
    at_once(lambda: receive(hook_id=hook.id, body={"email": "ada@example.com"}, now=NOW, key="one"))
    assert count("hook.received") == NODES + 1

"""Reports of one call, or of one caller, that arrive at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from tests import factories
from tests.calls.conftest import CALLER, NOW

from admitone.accounts.models import Account
from admitone.calls.missing import Call, missed
from admitone.calls.models import MissedCall
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event
from admitone.messaging.models import Message
from admitone.messaging.receiving import Incoming, receive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]
THREADS = 6


@pytest.fixture
def account(transactional_db: None) -> Account:
    return factories.account()


def together(act: Callable[[int], object]) -> None:
    """Run `act(n)` in every thread at once; what one raises is raised here."""
    barrier, raised = threading.Barrier(THREADS), []

    def run(n: int) -> None:
        try:
            barrier.wait(10)
            act(n)
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert raised == []


def told(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def test_one_call_reported_by_many_is_one(account: Account) -> None:
    together(lambda _n: missed(account=account, call=Call("1", CALLER, NOW), actor=SYSTEM, now=NOW))
    assert (MissedCall.objects.count(), Contact.objects.count(), told("call.missed")) == (1, 1, 1)


def test_many_calls_of_one_caller_are_told_once(account: Account) -> None:
    together(lambda n: missed(account=account, call=Call(str(n), CALLER, NOW), actor=SYSTEM, now=NOW))
    assert (MissedCall.objects.count(), Contact.objects.count(), told("call.missed")) == (THREADS, 1, 1)


def test_one_sms_posted_by_many_is_one(account: Account) -> None:
    sms = Incoming(sender=CALLER, to="+4930901820", text="Stop", provider="http", provider_id="1")
    together(lambda _n: receive(account=account, sms=sms, now=NOW))
    counts = (Message.objects.filter(direction="in").count(), told("message.received"), told("opt_out.created"))
    assert counts == (1, 1, 1)

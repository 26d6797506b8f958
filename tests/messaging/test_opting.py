"""Opting out and in again, by address."""

from __future__ import annotations

import pytest
from tests import factories

from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.logic.errors import Problem
from admitone.messaging import queries
from admitone.messaging.models import OptOut
from admitone.messaging.opting import opt_in, opt_out

DO = {"actor": SYSTEM, "now": factories.NOW}


def test_an_address_that_opted_out_is_known_however_it_is_written(account):
    assert opt_out(account=account, channel="email", address="Ada@Example.com", source="by_hand", **DO) is True
    assert queries.opted_out(account.id, "email", "ADA@example.com") is True
    assert queries.opted_out(account.id, "sms", "ada@example.com") is False


def test_opting_out_twice_is_one_row_and_one_event(account):
    contact = factories.contact(account, phone="+4930123456")
    first = opt_out(account=account, channel="sms", address="030 123456", source="stop", **DO)
    again = opt_out(account=account, channel="sms", address="+4930123456", source="by_hand", **DO)
    events = Event.objects.filter(kind="opt_out.created")
    assert (first, again, OptOut.objects.get().source) == (True, False, "stop")
    assert [(e.subject_id, e.facts) for e in events] == [
        (contact.id, {"channel": "sms", "contact": str(contact.id), "source": "stop"})
    ]


def test_opting_in_removes_it_and_tells_only_once(account):
    opt_out(account=account, channel="sms", address="+4930123456", source="stop", **DO)
    assert opt_in(account=account, channel="sms", address="+4930123456", source="start", **DO) is True
    assert opt_in(account=account, channel="sms", address="+4930123456", source="start", **DO) is False
    assert (OptOut.objects.count(), Event.objects.filter(kind="opt_out.removed").count()) == (0, 1)


def test_other_accounts_are_left_alone(account):
    other = factories.account()
    opt_out(account=account, channel="email", address="a@example.com", source="by_hand", **DO)
    assert queries.opted_out(other.id, "email", "a@example.com") is False
    assert opt_in(account=other, channel="email", address="a@example.com", source="by_hand", **DO) is False


@pytest.mark.parametrize(("channel", "address"), [("email", "x"), ("sms", "12"), ("fax", "+4930123456")])
def test_what_is_no_address_is_refused(account, channel, address):
    with pytest.raises(Problem) as caught:
        opt_out(account=account, channel=channel, address=address, source="by_hand", **DO)
    assert caught.value.code == "invalid"

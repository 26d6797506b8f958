"""What a missed call leads to, whoever reports it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests import factories
from tests.calls.conftest import CALLER, NOW, OWNER

from admitone.accounts.models import Account
from admitone.calls.missing import Call, missed
from admitone.calls.models import MissedCall, PhoneNumber
from admitone.calls.queries import missed as listing
from admitone.calls.services import delete_number, register_number, update_number
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event
from admitone.logic.errors import Problem

DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}


def miss(
    account: Account, number: PhoneNumber | None, sid: str = "1", caller: str = CALLER, **fields: Any
) -> MissedCall:
    at: datetime = fields.pop("at", NOW)
    call = Call(sid, caller, at, number=number, **fields)
    return missed(account=account, call=call, actor=SYSTEM, now=fields.get("now", at))


def told() -> int:
    return Event.objects.filter(kind="call.missed").count()


def test_repeated_calls_are_logged_and_only_the_first_is_told(account: Account, number: PhoneNumber) -> None:
    notes = [miss(account, number, str(hour), at=NOW + timedelta(hours=hour)).note for hour in (0, 1, 23, 25)]
    assert notes == ["", "repeated", "repeated", ""]
    assert (told(), Contact.objects.count()) == (2, 1)


def test_quiet_hours_of_none_tell_every_call(account: Account, number: PhoneNumber) -> None:
    update_number(account=account, number_id=number.id, quiet_hours=0, **DO)
    number.refresh_from_db()
    assert [miss(account, number, sid).note for sid in "12"] == ["", ""]


def test_same_call_reported_twice_is_one(account: Account, number: PhoneNumber) -> None:
    assert miss(account, number).id == miss(account, number, caller="+4915100000000").id
    assert (MissedCall.objects.count(), told()) == (1, 1)


@pytest.mark.parametrize(("caller", "note"), [("anonymous", "withheld"), ("110", "short"), ("sip:a@b", "unreadable")])
def test_callers_without_a_number_are_logged_and_nothing_follows(
    account: Account, number: PhoneNumber, caller: str, note: str
) -> None:
    row = miss(account, number, caller=caller)
    assert (row.note, row.contact_id, told(), Contact.objects.count()) == (note, None, 0, 0)


def test_contact_with_an_address_is_found_by_number(account: Account, number: PhoneNumber) -> None:
    contact = factories.contact(account, phone=CALLER)
    assert miss(account, number).contact_id == contact.id
    assert Contact.objects.count() == 1


def test_local_number_is_read_in_the_accounts_country(account: Account, number: PhoneNumber) -> None:
    assert miss(account, number, caller="0151 12345678").caller == CALLER


def test_contact_of_another_account_is_not_found(account: Account, number: PhoneNumber) -> None:
    other = factories.contact(factories.account(), phone=CALLER)
    assert miss(account, number).contact_id != other.id


def test_owners_own_phone_starts_nothing(account: Account, number: PhoneNumber) -> None:
    assert (miss(account, number, caller=OWNER).note, told()) == ("own", 0)


def test_call_reported_days_later_is_only_logged(account: Account, number: PhoneNumber) -> None:
    call = Call("1", CALLER, NOW - timedelta(days=2), number=number)
    row = missed(account=account, call=call, actor=SYSTEM, now=NOW)
    assert (row.note, told()) == ("late", 0)


def test_log_is_searched_by_number_and_name(account: Account, number: PhoneNumber) -> None:
    factories.contact(account, name="Ada Lovelace", phone=CALLER)
    row = miss(account, number)
    miss(account, number, "2", caller="+4915100000001")
    assert list(listing(account, search="ada")) == [row]
    assert list(listing(account, search="0151 123456")) == [row]
    assert list(listing(account, search="nobody")) == []


def test_numbers_are_kept_in_e164_and_once(account: Account) -> None:
    made = register_number(account=account, number="030 901820", provider="", **DO)
    assert (made.number, made.ring_seconds, made.quiet_hours) == ("+4930901820", 20, 24)
    with pytest.raises(Problem) as caught:
        register_number(account=account, number="+4930901820", **DO)
    assert set(caught.value.fields) == {"number"}
    delete_number(account=account, number_id=made.id, **DO)
    assert register_number(account=account, number="+4930901820", **DO).id != made.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "x"}, "number"),
        ({"forward_to": "12"}, "forward_to"),
        ({"forward_to": "+4930901820"}, "forward_to"),
        ({"ring_seconds": 4}, "ring_seconds"),
        ({"ring_seconds": 61}, "ring_seconds"),
        ({"quiet_hours": -1}, "quiet_hours"),
        ({"provider": "pigeon"}, "provider"),
        ({"label": "x" * 81}, "label"),
    ],
)
def test_wrong_values_are_named(account: Account, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as caught:
        register_number(account=account, **{"number": "+4930901820", **values}, **DO)
    assert set(caught.value.fields) == {field}


def test_change_names_its_fields_and_no_change_is_no_event(account: Account, number: PhoneNumber) -> None:
    update_number(account=account, number_id=number.id, ring_seconds=30, label="Front desk", **DO)
    update_number(account=account, number_id=number.id, ring_seconds=30, **DO)
    events = Event.objects.filter(kind="phone_number.changed")
    assert [event.facts["fields"] for event in events] == [["label", "ring_seconds"]]


def test_another_accounts_number_is_not_found(number: PhoneNumber) -> None:
    for change in (update_number, delete_number):
        with pytest.raises(Problem) as caught:
            change(account=factories.account(), number_id=number.id, **DO)
        assert caught.value.code == "not_found"

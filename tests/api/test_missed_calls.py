"""A phone system reports missed calls by API."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.accounts.models import Account
from admitone.calls.models import MissedCall
from admitone.calls.services import register_number
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.events.models import Event

CALLER = "+4915112345678"


def test_missed_call_makes_its_contact_and_is_told_once(api: Api, account: Account) -> None:
    number = register_number(account=account, number="+4930901820", actor=SYSTEM, now=factories.NOW)
    body = {"from": CALLER, "number": "+4930901820", "id": "a"}
    first, again = api.post("/missed-calls", body), api.post("/missed-calls", body)
    contact = Contact.objects.get(phone=CALLER)
    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json()["contact"] == str(contact.id)
    assert (first.json()["number"], first.json()["caller"], first.json()["note"]) == (str(number.id), CALLER, "")
    assert Event.objects.filter(kind="call.missed").count() == 1


def test_withheld_number_is_logged_alone(api: Api, account: Account) -> None:
    answer = api.post("/missed-calls", {"from": ""}).json()
    assert (answer["contact"], answer["note"]) == (None, "withheld")
    assert MissedCall.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": None},
        {"from": 5},
        {"from": "x" * 41},
        {"from": CALLER, "number": "+4930111111"},
        {"from": CALLER, "id": "a\x00"},
        {"from": CALLER, "at": "2099-01-01T00:00:00Z"},
        {"from": CALLER, "more": 1},
    ],
)
def test_what_cannot_be_meant_is_refused(api: Api, account: Account, body: dict[str, Any]) -> None:
    assert code(api.post("/missed-calls", body)) == (422, "invalid")
    assert MissedCall.objects.count() == 0


def test_another_accounts_number_is_unknown(api: Api, account: Account) -> None:
    register_number(account=factories.account(), number="+4930901820", actor=SYSTEM, now=factories.NOW)
    body = {"from": CALLER, "number": "+4930901820"}
    assert code(api.post("/missed-calls", body)) == (422, "invalid")

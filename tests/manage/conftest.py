"""A clinic, its owner's browser, that of a member who may only look, and a calendar."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic")


@pytest.fixture
def web(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.owner(account))
    return client


@pytest.fixture
def viewer(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.member(account))
    return client


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="First visit")

"""A clinic, its owner and a member who may only look."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from tests import factories

from admitone.accounts.models import Account


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


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

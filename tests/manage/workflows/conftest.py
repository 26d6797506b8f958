"""The clinic of the manage tests, by its full name."""

from __future__ import annotations

import pytest
from tests import factories

from admitone.accounts.models import Account


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")

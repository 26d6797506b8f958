"""A practice with a calendar, a host and a mail server of its own."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests import factories
from tests.messaging.conftest import use_server
from tests.smtp import Received, SmtpServer

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.jobs import run_pending

NOW = factories.NOW


@pytest.fixture
def account(db: None) -> Account:
    return factories.account(name="Praxis Klein", slug="praxis-klein", locale="en")


@pytest.fixture
def mailing(account: Account, smtp_server: SmtpServer) -> SmtpServer:
    use_server(account, smtp_server)
    return smtp_server


@pytest.fixture
def calendar(account: Account) -> Calendar:
    host = factories.host(account, name="Dr. Klein", email="klein@example.com")
    return factories.calendar(
        account, name="Consultation", host=host, location_kind="address", location="Hauptstraße 1, Köln"
    )


def mails(server: SmtpServer, now: datetime = NOW) -> dict[str, Received]:
    """Run what is due; the newest mail of each recipient that arrived by it."""
    before = len(server.messages)
    run_pending(now=now)
    return {mail.recipients[0]: mail for mail in server.messages[before:]}

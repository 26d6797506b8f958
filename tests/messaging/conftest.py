"""A sub-account whose own mail server is the test's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import factories
from tests.smtp import SmtpServer

from admitone.accounts.models import Account
from admitone.events.actor import SYSTEM
from admitone.messaging.services import MailServer, save_email_settings


@pytest.fixture
def account(db: None) -> Account:
    return factories.account(name="Praxis Klein", slug="praxis-klein")


@pytest.fixture
def mailing(account: Account, smtp_server: SmtpServer) -> Iterator[SmtpServer]:
    """The account's mail goes to this server."""
    use_server(account, smtp_server)
    yield smtp_server


def use_server(account: Account, server: SmtpServer, **fields: str) -> None:
    values = {"from_name": "Praxis Klein", "from_email": "praxis@klein.example", "reply_to": "", **fields}
    typed = MailServer(
        server.host, server.port, "none", server.user, server.password if server.user else None, **values
    )
    save_email_settings(account=account, server=typed, actor=SYSTEM, now=factories.NOW)

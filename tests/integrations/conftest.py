from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from tests.google_calendar import GoogleCalendar
from tests.integrations.feed_server import FeedServer
from tests.microsoft_calendar import MicrosoftCalendar
from tests.oauth_server import CLIENT, SECRET
from tests.radicale_server import Radicale


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture
def radicale() -> Iterator[Radicale]:
    with Radicale() as server:
        yield server


def registered(settings: Any, **env: str) -> None:
    """This installation is known to a provider."""
    settings.ENV = dataclasses.replace(settings.ENV, **env)


@pytest.fixture
def google(settings: Any) -> Iterator[GoogleCalendar]:
    with GoogleCalendar() as server:
        registered(settings, google_url=server.url, google_client_id=CLIENT, google_client_secret=SECRET)
        yield server


@pytest.fixture
def microsoft(settings: Any) -> Iterator[MicrosoftCalendar]:
    with MicrosoftCalendar(rotates=True) as server:
        registered(settings, microsoft_url=server.url, microsoft_client_id=CLIENT, microsoft_client_secret=SECRET)
        yield server

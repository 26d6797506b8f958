from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integrations.feed_server import FeedServer
from tests.radicale_server import Radicale


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture
def radicale() -> Iterator[Radicale]:
    with Radicale() as server:
        yield server

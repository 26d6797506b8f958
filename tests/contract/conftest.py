"""Worlds that all tests of a module look at: each test is rolled back to them, and they go with the module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from tests.contract.world import World, world


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """Sub-accounts of two agencies."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world(), world()
        transaction.set_rollback(True)


@pytest.fixture
def mine(worlds: tuple[World, World], db: None) -> World:
    return worlds[0]


@pytest.fixture
def theirs(worlds: tuple[World, World], db: None) -> World:
    return worlds[1]

"""A name server that is slow or dead holds nobody up."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from admitone.integrations import resolving


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A name server that answers nobody until the test is over; the names that it was asked for."""
    asked: list[str] = []
    over = threading.Event()

    def silent(name: str, *_args: object, **_options: object) -> list[object]:
        asked.append(name)
        over.wait(10)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    yield asked
    over.set()


def test_a_name_is_looked_up() -> None:
    assert ipaddress.ip_address("127.0.0.1") in resolving.resolve("localhost", 80)


def test_a_literal_address_asks_no_name_server(dead: list[str]) -> None:
    assert resolving.resolve("fe80::1%eth0", 80) == [ipaddress.ip_address("fe80::1")]
    assert resolving.resolve("127.0.0.1", 80) == [ipaddress.ip_address("127.0.0.1")]
    assert dead == []


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(OSError):
        resolving.resolve("calendar.invalid", 80)


def test_a_name_server_that_is_silent_is_given_up(dead: list[str]) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="in time"):
        resolving.resolve("slow.example.com", 443, timeout=0.1)
    assert time.monotonic() - began < 2
    assert dead == ["slow.example.com"]


def test_no_more_names_than_slots_are_asked_for_at_once(dead: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "_slots", threading.BoundedSemaphore(2))
    for _ in range(4):
        with pytest.raises(TimeoutError):
            resolving.resolve("slow.example.com", 443, timeout=0.05)
    assert len(dead) == 2

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.test import RequestFactory

from admitone.accounts.client import client_address

PROXIES = ("10.0.0.0/8", "192.168.1.1")


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "found"),
    [
        ((), "203.0.113.5", "1.2.3.4", "203.0.113.5"),
        (PROXIES, "203.0.113.5", "1.2.3.4", "203.0.113.5"),
        (PROXIES, "10.1.2.3", "1.2.3.4", "1.2.3.4"),
        (PROXIES, "10.1.2.3", "6.6.6.6, 1.2.3.4, 192.168.1.1", "1.2.3.4"),
        (PROXIES, "10.1.2.3", "", "10.1.2.3"),
        (PROXIES, "10.1.2.3", "nonsense, 1.2.3.4", "1.2.3.4"),
        (PROXIES, "10.1.2.3", "1.2.3.4, nonsense", "10.1.2.3"),
        (PROXIES, "10.1.2.3", "2001:db8::7", "2001:db8::7"),
        (PROXIES, "::ffff:10.1.2.3", "1.2.3.4", "1.2.3.4"),
        (PROXIES, "", "1.2.3.4", "unknown"),
    ],
)
def test_client_address_believes_only_trusted_proxies(
    settings: Any, proxies: tuple[str, ...], peer: str, forwarded: str, found: str
) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, trusted_proxies=proxies)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == found

"""Addresses that people type in cannot reach into the server's own network."""

from __future__ import annotations

import dataclasses
import gzip
import ipaddress
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import httpx
import pytest
from tests.integrations.feed_server import FeedServer

from admitone.integrations import outbound


@pytest.fixture
def guarded(settings: Any) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.10",
        "172.16.5.4",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:0a00:0001::1",
    ],
)
def test_a_private_address_is_not_public(address: str) -> None:
    assert outbound.is_public(ipaddress.ip_address(address)) is False


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_a_public_address_is_public(address: str) -> None:
    assert outbound.is_public(ipaddress.ip_address(address)) is True


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://localhost/x",
        "https://169.254.169.254/latest/meta-data",
        "http://[::1]/",
    ],
)
def test_a_private_address_is_refused_in_every_spelling(guarded: None, url: str) -> None:
    with pytest.raises(outbound.Refused, match="private network"):
        outbound.get(url, timeout=3)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/x", "https://", "https://a:99999/", "https://u:p@example.com/"]
)
def test_what_is_not_a_web_address_is_refused(url: str) -> None:
    with pytest.raises(outbound.Refused):
        outbound.get(url, timeout=3)


def test_a_redirect_to_a_private_address_is_refused(
    feeds: FeedServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = feeds.put("/a", "", status=302, headers={"Location": "http://10.0.0.1/secret"})
    public = outbound.is_public
    monkeypatch.setattr(outbound, "is_public", lambda address: address.is_loopback or public(address))
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    with pytest.raises(outbound.Refused, match="private network"):
        outbound.get(url, timeout=3)


def test_redirects_are_followed_three_times_at_most(feeds: FeedServer) -> None:
    for n in range(5):
        feeds.put(f"/{n}", "", status=302, headers={"Location": f"/{n + 1}"})
    feeds.put("/5", "done")
    assert outbound.get(feeds.url("/2"), timeout=3).body == b"done"
    with pytest.raises(outbound.Refused, match="too often"):
        outbound.get(feeds.url("/1"), timeout=3)


def test_an_answer_above_five_megabytes_is_refused(feeds: FeedServer) -> None:
    url = feeds.put("/big", b"x" * 5_000_001)
    with pytest.raises(outbound.Refused, match="larger than 5 MB"):
        outbound.get(url, timeout=3)


def test_an_error_status_is_refused_by_name(feeds: FeedServer) -> None:
    with pytest.raises(outbound.Refused, match="answered 404"):
        outbound.get(feeds.url("/nothing"), timeout=3)


def test_a_server_that_does_not_answer_in_time_is_an_error(feeds: FeedServer) -> None:
    gate = threading.Event()
    url = feeds.put("/slow", "late", pause=lambda: gate.wait(3))
    with pytest.raises(httpx.TimeoutException):
        outbound.get(url, timeout=0.2)
    gate.set()


def test_the_etag_is_sent_back_and_not_modified_is_told(feeds: FeedServer) -> None:
    url = feeds.put("/feed", "body", headers={"ETag": '"v1"'})
    first = outbound.get(url, timeout=3)
    assert (first.body, first.etag) == (b"body", '"v1"')
    assert outbound.get(url, etag=first.etag, timeout=3).body is None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(outbound.Refused, match="no server of that name"):
        outbound.get("https://calendar.invalid/x", timeout=3)


def test_a_name_server_that_does_not_answer_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: enough.wait(10) and [])
    began = time.monotonic()
    with pytest.raises(httpx.ConnectTimeout):
        outbound.get("https://slow.example.com/x", timeout=0.3)
    took = time.monotonic() - began
    enough.set()
    assert took < 2


def test_headers_that_come_byte_by_byte_end_in_time() -> None:
    enough = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _address = listener.accept()
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        with connection, suppress(OSError):
            while not enough.wait(0.05):
                connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        began = time.monotonic()
        with pytest.raises(httpx.TimeoutException):
            outbound.get(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.5)
        took = time.monotonic() - began
        enough.set()
    assert took < 3


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "gzip,deflate", "GZIP, identity, gzip"])
def test_an_answer_packed_twice_or_oddly_is_not_unfolded(feeds: FeedServer, packing: str) -> None:
    bomb = gzip.compress(gzip.compress(b"0" * 100_000))
    url = feeds.put("/bomb", bomb, headers={"Content-Encoding": packing})
    with pytest.raises(outbound.Refused, match="nobody asked for"):
        outbound.get(url, timeout=3)


def test_an_answer_packed_once_is_limited_by_what_it_holds(feeds: FeedServer) -> None:
    url = feeds.put("/bomb", gzip.compress(b"0" * 5_000_001), headers={"Content-Encoding": "gzip"})
    with pytest.raises(outbound.Refused, match="larger than 5 MB"):
        outbound.get(url, timeout=3)


@pytest.mark.parametrize("location", ["http://[", "//[::1", "http://[x]/", ""])
def test_a_redirect_to_no_address_is_refused(feeds: FeedServer, location: str) -> None:
    url = feeds.put("/a", "", status=302, headers={"Location": location})
    with pytest.raises((outbound.Refused, httpx.RemoteProtocolError)):
        outbound.get(url, timeout=3)


def test_a_name_in_another_script_is_sent_as_dns_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "checked_address", lambda name, port, timeout: ipaddress.ip_address("93.184.216.34"))
    assert outbound.pinned("https://kalender.münchen.example:8443/a?b=c") == (
        "kalender.xn--mnchen-3ya.example:8443",
        "https://93.184.216.34:8443/a?b=c",
    )

"""Reading addresses that people typed in, without letting them reach into the server's own network (SSRF)."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
from django.conf import settings

from admitone.integrations.resolving import LIMIT, Address, resolve

MAX_BYTES = 5_000_000
MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
#: Nested or unknown packings could unfold a small answer into gigabytes before its size is looked at.
ENCODINGS = ("identity", "gzip", "")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(ValueError):
    """The address may not be asked, or what it answers is not acceptable; the sentence can be shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is None when the server said "not modified"."""

    body: bytes | None
    etag: str = ""


def get(url: str, *, etag: str = "", timeout: float, accept: str = "*/*") -> Answer:
    """GET with at most 3 redirects, 5 MB and `timeout` seconds in all; every hop is connected to the address checked.

    Raises Refused for private addresses and answers other than 200 or 304, httpx.HTTPError for network faults.
    """
    deadline = time.monotonic() + timeout
    headers = {"Accept": accept, "Accept-Encoding": "gzip", "User-Agent": "AdmitOne/0.1"}
    if etag:
        headers["If-None-Match"] = etag
    for _hop in range(MAX_REDIRECTS + 1):
        with _asked(url, headers, deadline) as response:
            if response.status_code not in REDIRECTS:
                return _answer(response, deadline)
            location = response.headers.get("Location", "")
        url = joined(url, location)
    raise Refused("The server redirects too often.")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a POST was answered: the status and the beginning of the text."""

    status: int
    text: str


def post(
    url: str, *, content: bytes, headers: dict[str, str], timeout: float, kept: int, method: str = "POST"
) -> Reply:
    """POST (or `method`) without redirects, connected to the address that was checked; at most `kept` bytes are read.

    Raises Refused for private addresses, httpx.HTTPError for network faults.
    """
    deadline = time.monotonic() + timeout
    sent = {"User-Agent": "AdmitOne/0.1", "Accept-Encoding": "identity", **headers}
    with _asked(url, sent, deadline, method=method, content=content) as response:
        found = b""
        for chunk in response.iter_bytes():
            _left(deadline)
            found += chunk
            if len(found) >= kept:
                break
        text = found[:kept].decode(errors="replace").replace("\0", "\ufffd")
        return Reply(response.status_code, text)


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer of any status, whole."""

    status: int
    headers: httpx.Headers
    body: bytes


def exchange(
    method: str,
    url: str,
    *,
    headers: dict[str, str],
    content: bytes | None = None,
    timeout: float,
    limit: int = MAX_BYTES,
) -> Exchange:
    """One request by any method, without redirects, connected to the address that was checked.

    Raises Refused for private addresses and answers over `limit` bytes, httpx.HTTPError for network faults.
    """
    deadline = time.monotonic() + timeout
    sent = {"User-Agent": "AdmitOne/0.1", "Accept-Encoding": "gzip", **headers}
    with _asked(url, sent, deadline, method=method, content=content) as response:
        return Exchange(response.status_code, response.headers, _whole(response, deadline, limit))


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than all else that a request needs."""
    return httpx.create_ssl_context(trust_env=False)


@contextmanager
def _asked(
    url: str, headers: dict[str, str], deadline: float, *, method: str = "GET", content: bytes | None = None
) -> Iterator[httpx.Response]:
    host, target = pinned(url, _left(deadline))
    timeout = httpx.Timeout(_left(deadline))
    with (
        _cut_off(deadline) as trace,
        httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False, verify=_certificates()) as client,
        client.stream(
            method,
            target,
            headers={**headers, "Host": host},
            content=content,
            extensions={"sni_hostname": _name(url), "trace": trace},
        ) as response,
    ):
        if response.headers.get("Content-Encoding", "identity").strip().lower() not in ENCODINGS:
            raise Refused("The server packs its answers in a way that nobody asked for.")
        yield response


@contextmanager
def _cut_off(deadline: float) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """A trace hook for httpx; the connections that it sees are cut at the deadline.

    Time-outs of single reads are no limit for headers that come byte by byte.
    """
    streams: list[Any] = []
    timer = threading.Timer(_left(deadline), lambda: _cut(streams))
    timer.daemon = True
    timer.start()

    def trace(event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            streams.append(info["return_value"])

    try:
        yield trace
    except httpx.TransportError:
        _left(deadline)  # what was cut is late, not away
        raise
    finally:
        timer.cancel()


def _cut(streams: list[Any]) -> None:
    for stream in streams:
        with suppress(OSError, ValueError):
            stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def pinned(url: str, timeout: float = LIMIT) -> tuple[str, str]:
    """(Host header, the same URL with an address that was checked in place of the name, looked up within `timeout`)."""
    parts = parts_of(url)
    name, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = checked_address(name, port, timeout)
    shown = f"[{address}]" if address.version == 6 else str(address)
    query = f"?{parts.query}" if parts.query else ""
    host = _ascii(parts.netloc.rpartition("@")[2])
    return host, f"{parts.scheme}://{shown}:{port}{parts.path or '/'}{query}"


def checked_address(name: str, port: int, timeout: float = LIMIT) -> Address:
    """The first address of a name; Refused if any of its addresses is not a public one (unless private feeds are on).

    Raises httpx.ConnectTimeout when no name server answers in `timeout` seconds, at most LIMIT.
    """
    try:
        addresses = resolve(name, port, timeout)
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise Refused("There is no server of that name.") from error
    if not private_allowed() and not all(is_public(address) for address in addresses):
        raise Refused("That address lies in a private network.")
    return addresses[0]


def private_allowed() -> bool:
    """Whether the operator lets people name addresses inside the server's own network."""
    return bool(settings.ENV.private_feeds)


def refuse_private_literal(name: str) -> None:
    """Refused, without asking any name server, for a host that is written as a private address or as localhost."""
    if private_allowed():
        return
    try:
        private = not is_public(ipaddress.ip_address(name.strip("[]").partition("%")[0]))
    except ValueError:
        private = name == "localhost" or name.endswith(".localhost")
    if private:
        raise Refused("That address lies in a private network.")


def is_public(address: Address) -> bool:
    """Reachable from anywhere on the internet, the IPv4 address inside an IPv6 one included."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(one is not None and not is_public(one) for one in inner):
            return False
        if address.ipv4_mapped:
            return True
    return address.is_global and not address.is_multicast


def joined(base: str, reference: str) -> str:
    """The address that a server refers to; Refused if it is none."""
    try:
        return urljoin(base, reference)
    except ValueError as error:
        raise Refused("The server refers to something that is not an address.") from error


def parts_of(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError as error:
        raise Refused("This is not an address.") from error
    if not valid or "@" in parts.netloc:
        raise Refused("Enter an address that starts with https://, http:// or webcal://.")
    return parts


def _name(url: str) -> str:
    return _ascii(str(parts_of(url).hostname))


def _ascii(host: str) -> str:
    """As the name stands in DNS and headers (RFC 3490)."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise Refused("There is no server of that name.") from error


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpx.ReadTimeout("out of time")
    return left


def _answer(response: httpx.Response, deadline: float) -> Answer:
    etag = response.headers.get("ETag", "")[:200]
    if response.status_code == 304:
        return Answer(None, etag)
    if response.status_code != 200:
        raise Refused(f"The server answered {response.status_code}.")
    return Answer(_whole(response, deadline, MAX_BYTES), etag)


def _whole(response: httpx.Response, deadline: float, limit: int) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_bytes():
        _left(deadline)
        size += len(chunk)
        if size > limit:
            raise Refused(f"The calendar is larger than {limit // 1_000_000} MB.")
        chunks.append(chunk)
    return b"".join(chunks)

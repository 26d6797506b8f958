"""Two guards on sockets: nothing leaves this machine, and nothing is sent from inside a transaction."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from django.db import connections

UNRESOLVABLE = (".invalid", ".test", ".example", ".localhost")


class NetworkRefused(AssertionError):
    """A test opened a socket that the rules of the house forbid."""


def install() -> None:
    """Guard every Python socket; database drivers (libpq, SQLite) do not use them and stay free."""
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    socket.getaddrinfo = resolving_only_here(socket.getaddrinfo)


def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def check_then_connect(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX:
            try:
                check(str(address[0]))
            except NetworkRefused:
                self.close()
                raise
        return connect(self, address)

    return check_then_connect


def check(host: str) -> None:
    """Raise NetworkRefused for an address beyond this machine, and for any address inside a service's transaction."""
    if not is_here(host):
        raise NetworkRefused(f"tests do not reach the network: {host}")
    if in_service_transaction():
        raise NetworkRefused(f"network call inside a transaction: {host}; send after commit, from a job")


def is_here(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def in_service_transaction() -> bool:
    """Whether an `atomic` block is open in this thread besides the ones that wrap a test."""
    return any(
        not getattr(block, "_from_testcase", False)
        for connection in connections.all(initialized_only=True)
        for block in connection.atomic_blocks
    )


def resolving_only_here(getaddrinfo: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if name.endswith(UNRESOLVABLE):
            raise socket.gaierror(socket.EAI_NONAME, f"reserved name: {name}")
        if not is_here(name) and not is_address(name):
            raise NetworkRefused(f"tests do not reach the network: {name}")
        return getaddrinfo(host, *args, **kwargs)

    return resolve


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

"""Where a request comes from; X-Forwarded-For is believed only from ADMITONE_TRUSTED_PROXIES."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the client: the last forwarded one that is not a trusted proxy, else the connection's."""
    peer = request.META.get("REMOTE_ADDR", "")
    proxies: Sequence[str] = settings.ENV.trusted_proxies
    if not proxies or not is_trusted(peer, proxies):
        return str(parse(peer) or "unknown")
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if parse(hop) is None:
            break
        peer = hop
        if not is_trusted(hop, proxies):
            break
    return str(parse(peer) or "unknown")


def parse(text: str) -> IPv4Address | IPv6Address | None:
    """The address in `text` (IPv4 mapped into IPv6 becomes IPv4), or None."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_trusted(text: str, proxies: Sequence[str]) -> bool:
    """Is the address one of `proxies` (addresses or networks)?"""
    address = parse(text)
    if address is None:
        return False
    return any(address in ip_network(proxy, strict=False) for proxy in proxies)


def network_of(address: str) -> str:
    """Who is likely one client: an IPv4 address, or the /64 that an IPv6 host may choose its addresses from."""
    found = parse(address)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address

"""Web origins (RFC 6454) and the allow-list of a calendar: who may frame its page and read its answers."""

from __future__ import annotations

from collections.abc import Iterable


def allows(pattern: str, origin: str) -> bool:
    """Does an entry of the allow-list (https://a.b or https://*.b) name this origin?"""
    scheme, _, host = pattern.partition("://")
    other, _, name = origin.partition("://")
    if scheme != other or not name or "/" in name:
        return False
    return name.endswith(host[1:]) and len(name) > len(host) - 1 if host.startswith("*.") else name == host


def is_allowed(patterns: Iterable[str], origin: str) -> bool:
    return any(allows(pattern, origin) for pattern in patterns)

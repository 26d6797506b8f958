"""Identifiers: time-ordered UUIDs (RFC 9562 version 7) for every row but links."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    return _uuid7()

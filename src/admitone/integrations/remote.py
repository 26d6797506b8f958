"""Calendar servers that are signed in to: what each of them can do, in one registry. No database in here.

A server is one file: `@provider("caldav")` on a class with `label`, `calendars`, `busy`, `put` and `remove`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Literal, Protocol, TypeVar
from uuid import UUID

import httpx

from admitone.calendars.busy import Fetched, Wanted
from admitone.integrations import outbound

Why = Literal["transient", "permanent", "login", "gone"]


def plain(text: str) -> str:
    """A server's words in one line that can be stored: PostgreSQL takes no NUL."""
    return "".join(character if character.isprintable() else " " for character in text)


class RemoteError(Exception):
    """What the server would not do, in words for its owner. `login`: they have to sign in again; `gone`: the calendar or
    the entry is not there; `transient` is worth another try, `after` seconds from now if the server said so."""

    def __init__(self, words: str, why: Why = "permanent", after: float | None = None) -> None:
        self.why, self.after = why, after
        super().__init__(plain(words))


@dataclass(frozen=True, slots=True)
class Found:
    """A calendar on the server; `id` is what it is asked by."""

    id: str
    name: str
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment as it is written into a calendar; `changed_at` is the last change of its row."""

    booking_id: UUID
    sequence: int
    start_min: int
    end_min: int
    summary: str
    changed_at: datetime
    description: str = ""
    location: str = ""
    url: str = ""
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Where an entry stands on the server and the version of it that was seen last; empty: nowhere."""

    id: str = ""
    etag: str = ""


@dataclass(slots=True)
class Login:
    """The secrets of a connection and the time left. `renewed` holds them anew where tokens were exchanged on the way."""

    secrets: Mapping[str, str]
    timeout: float = 20.0
    renewed: dict[str, str] | None = None
    began: float = field(default_factory=monotonic)

    @property
    def left(self) -> float:
        """Seconds; RemoteError once there are none."""
        left = self.timeout - (monotonic() - self.began)
        if left <= 0:
            raise RemoteError("The server did not answer in time.", "transient")
        return left


class Provider(Protocol):
    """All of them raise RemoteError. `who` is the name of the account, for people. `put` and `remove` are harmless when they are repeated."""

    @property
    def label(self) -> str: ...

    def who(self, login: Login) -> str: ...

    def calendars(self, login: Login) -> list[Found]: ...

    def busy(self, login: Login, calendar: str, wanted: Wanted) -> Fetched: ...

    def put(self, login: Login, calendar: str, entry: Entry, known: Known) -> Known: ...

    def remove(self, login: Login, calendar: str, booking_id: UUID, known: Known) -> None: ...


@contextmanager
def understood() -> Iterator[None]:
    """Whatever an odd answer breaks is a RemoteError: the connection's owner has to hear of it."""
    try:
        yield
    except RemoteError:
        raise
    except Exception as error:
        raise RemoteError(f"The server's answer could not be understood ({type(error).__name__}).") from error


P = TypeVar("P", bound=Callable[[], Provider])
_providers: dict[str, Provider] = {}


def provider(kind: str) -> Callable[[P], P]:
    """Register a server's class under a plain text key."""

    def register(cls: P) -> P:
        if kind in _providers:
            raise RuntimeError(f"two calendar servers are called {kind}")
        _providers[kind] = cls()
        return cls

    return register


def providers() -> Mapping[str, Provider]:
    return _providers


def ask(
    method: str, url: str, *, login: Login, headers: dict[str, str], content: bytes | None = None, limit: int
) -> outbound.Exchange:
    """One request within the login's time; network faults and refused addresses become RemoteErrors."""
    try:
        return outbound.exchange(method, url, headers=headers, content=content, timeout=login.left, limit=limit)
    except outbound.Refused as error:
        raise RemoteError(str(error)) from error
    except httpx.TimeoutException as error:
        raise RemoteError("The server did not answer in time.", "transient") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise RemoteError("The server could not be reached.", "transient") from error


def later(answer: outbound.Exchange) -> RemoteError:
    """The error for 429 and 5xx, with the wait that the server asked for (RFC 9110 section 10.2.3, seconds only)."""
    raw = answer.headers.get("Retry-After", "")
    after = min(float(raw), 3600.0) if raw.isdecimal() else None
    return RemoteError(f"The server is busy or faulty at the moment (it answered {answer.status}).", "transient", after)


def mark(wanted: Wanted) -> str:
    """An etag counts for one day and zone: the window moves on, and all-day events depend on the zone."""
    return f"{wanted.first // 1440} {wanted.zone} "


def seen(wanted: Wanted) -> str:
    """The part of the last etag that came from the server, "" if it was for another day or zone."""
    return wanted.etag.removeprefix(mark(wanted)) if wanted.etag.startswith(mark(wanted)) else ""

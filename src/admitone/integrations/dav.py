"""WebDAV over the guarded connection: requests, redirects, multi-status answers (RFC 4918, 4791, 6764)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from caldav.lib.error import DAVError
from caldav.response import CalendarQueryResult, DAVResponse, PropfindResult

from admitone.integrations import outbound
from admitone.integrations.remote import Login, RemoteError, ask, later

#: Ten thousand events of two kilobytes.
MAX_BYTES = 20_000_000
MAX_REDIRECTS = 4
XML = "application/xml; charset=utf-8"
WRONG_LOGIN = "The user name or the password is not accepted."
NOT_CALDAV = "The server does not speak CalDAV at this address."

logging.getLogger("caldav").setLevel(logging.ERROR)  # it logs whole answers, which are personal


@dataclass(frozen=True, slots=True)
class Answer:
    """`url` is where the answer came from after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def etag(self) -> str:
        """Without the mark of a weak one, which a proxy in between may have put there: If-Match takes strong ones only."""
        return self.headers.get("ETag", "").removeprefix("W/")[:254]


def request(
    login: Login, method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """One request with the connection's password; redirects stay within its site. RemoteError for 401, 429, 5xx."""
    for _hop in range(MAX_REDIRECTS + 1):
        # Compressed answers are given etags that the server itself does not know.
        plain = {"Accept-Encoding": "identity"} if method in ("GET", "HEAD", "PUT") else {}
        sent = {**(headers or {}), **plain, "Authorization": _basic(login, url)}
        found = ask(method, url, login=login, headers=sent, content=content, limit=MAX_BYTES)
        if found.status not in outbound.REDIRECTS:
            break
        url = within(login, joined(url, found.headers.get("Location", "")))
    else:
        raise RemoteError("The server redirects too often.")
    if found.status == 401:
        raise RemoteError(WRONG_LOGIN, "login")
    if found.status == 507:
        raise RemoteError("The calendar server has no room left, or sends only a part.")
    if found.status == 429 or (found.status >= 500 and found.status != 501):
        raise later(found)
    return Answer(url, found.status, found.headers, found.body)


def propfind(login: Login, url: str, props: str, depth: int = 0) -> tuple[str, list[PropfindResult]]:
    """(where the answer came from, each resource with its properties by Clark names)."""
    body = f'<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"><D:prop>{props}</D:prop></D:propfind>'
    answer = request(login, "PROPFIND", url, content=body.encode(), headers=_xml(depth))
    try:
        rows = _multistatus(answer).parse_propfind()
    except (DAVError, ValueError, TypeError) as error:
        raise RemoteError(NOT_CALDAV) from error
    return answer.url, [row for row in rows if row.href]


def report(login: Login, url: str, body: str) -> list[CalendarQueryResult]:
    """A calendar-query; an answer that is not whole is an error, never less busy time."""
    answer = request(login, "REPORT", url, content=body.encode(), headers=_xml(1))
    try:
        rows = _multistatus(answer).parse_calendar_query()
    except (DAVError, ValueError, TypeError) as error:
        raise RemoteError(NOT_CALDAV) from error
    if any(row.status != 404 and (row.status >= 300 or row.calendar_data is None) for row in rows):
        raise RemoteError("The calendar server sent only a part of the calendar.")
    return [row for row in rows if row.status != 404]


def joined(base: str, reference: str) -> str:
    try:
        return outbound.joined(base, reference)
    except outbound.Refused as error:
        raise RemoteError(str(error)) from error


def within(login: Login, url: str) -> str:
    """The address, if the password may be sent there: the same host, or by https another one of its domain."""
    home, there = urlsplit(login.secrets["url"]), urlsplit(url)
    same = there.netloc == home.netloc and (there.scheme == home.scheme or there.scheme == "https")
    near = there.scheme == "https" and _domain(there.hostname) == _domain(home.hostname)
    if not (same or near):
        raise RemoteError("The server sends its clients to another one. Enter the address of that server.")
    return url


def _domain(host: str | None) -> str:
    labels = (host or "").lower().rstrip(".").split(".")
    return ".".join(labels[-2:]) if not labels[-1].isdigit() else host or ""


def _basic(login: Login, url: str) -> str:
    try:
        _check_private(url)
    except outbound.Refused as error:
        raise RemoteError(str(error)) from error
    except httpx.TimeoutException as error:
        raise RemoteError("The server did not answer in time.", "transient") from error
    pair = f"{login.secrets['user']}:{login.secrets['password']}".encode()
    return "Basic " + base64.b64encode(pair).decode()


def _check_private(url: str) -> None:
    """A password goes out over https, in clear only to a private address where the operator allows those."""
    parts = outbound.parts_of(url)
    if parts.scheme == "https":
        return
    if not outbound.private_allowed() or outbound.is_public(
        outbound.checked_address(parts.hostname or "", parts.port or 80)
    ):
        raise outbound.Refused("A password is sent over https only: enter an address that starts with https://.")


def _xml(depth: int) -> dict[str, str]:
    return {"Content-Type": XML, "Depth": str(depth), "Prefer": "return=minimal"}


def _multistatus(answer: Answer) -> DAVResponse:
    if answer.status == 404:
        raise RemoteError("There is no such calendar at the server any more.", "gone")
    if answer.status == 403:
        raise RemoteError("The server does not let this user read the calendar.")
    if answer.status not in (200, 207):
        raise RemoteError(NOT_CALDAV)
    found = DAVResponse.from_bytes(answer.body, answer.status)
    if found.tree is None or not str(found.tree.tag).endswith("}multistatus"):
        raise RemoteError(NOT_CALDAV)
    return found

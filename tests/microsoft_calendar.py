"""A real HTTP server that speaks the part of Microsoft Graph (version 1.0) that is used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from tests.oauth_server import Asked, OAuthServer, Reply

API = "/v1.0"
NOT_FOUND: Reply = (404, {"error": {"code": "ErrorItemNotFound", "message": "Not found."}}, {})


@dataclass
class MicrosoftCalendar(OAuthServer):
    """`calendars` maps an id to its name; `events` an event's id to the event with its "calendar". `page` events a page."""

    calendars: dict[str, str] = field(default_factory=lambda: {"AAMk=1": "Calendar", "AAMk=2": "Birthdays"})
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: int = 500
    changes: int = 0

    authorize_path = "/common/oauth2/v2.0/authorize"
    token_path = "/common/oauth2/v2.0/token"

    def put(self, key: str, start: str, end: str, calendar: str = "AAMk=1", **more: Any) -> None:
        """`start`, `end` in UTC, without offset."""
        times = {"start": {"dateTime": start, "timeZone": "UTC"}, "end": {"dateTime": end, "timeZone": "UTC"}}
        self._store(key, {"id": key, "calendar": calendar, "showAs": "busy", **times, **more})

    def api(self, asked: Asked) -> Reply:
        path = unquote(asked.path.removeprefix(API))
        if path == "/me":
            return 200, {"mail": "ada@outlook.example"}, {}
        if path == "/me/calendars":
            rows = [
                {"id": key, "name": name, "canEdit": name != "Birthdays", "isDefaultCalendar": name == "Calendar"}
                for key, name in self.calendars.items()
            ]
            return 200, {"value": rows}, {}
        if found := re.fullmatch(r"/me/events/(.+)", path):
            return self._one(found[1], asked)
        found = re.fullmatch(r"/me/calendars/(.+)/(events|calendarView)", path)
        assert found, path
        if found[1] not in self.calendars:
            return NOT_FOUND
        if asked.method == "POST":
            return self._create(found[1], asked.body)
        return self._rows(found[1], asked, path)

    def _store(self, key: str, event: dict[str, Any]) -> dict[str, Any]:
        self.changes += 1
        self.events[key] = {"iCalUId": f"uid-{key}", **event, "changeKey": str(self.changes)}
        return self.events[key]

    def _create(self, calendar: str, event: dict[str, Any]) -> Reply:
        for known in self.events.values():
            if known.get("transactionId") == event["transactionId"]:
                return 409, {"error": {"code": "ErrorDuplicateTransactionId", "message": "Duplicate."}}, {}
        key = f"AAMkEvent={self.changes + 1}"
        return 201, self._store(key, {**event, "id": key, "calendar": calendar}), {}

    def _one(self, key: str, asked: Asked) -> Reply:
        if key not in self.events:
            return NOT_FOUND
        if asked.method == "DELETE":
            del self.events[key]
            return 204, None, {}
        return 200, self._store(key, {**self.events[key], **asked.body}), {}

    def _rows(self, calendar: str, asked: Asked, path: str) -> Reply:
        assert asked.headers["prefer"] == 'outlook.timezone="UTC"'
        rows = [event for event in self.events.values() if event["calendar"] == calendar]
        if wanted := re.search(r"ep/value eq '([^']+)'", asked.query.get("$filter", "")):
            rows = [row for row in rows if wanted[1] in str(row.get("singleValueExtendedProperties"))]
        first = int(asked.query.get("$skip", 0))
        more = {}
        if len(rows) > first + self.page:
            next_page = urlencode({**asked.query, "$skip": str(first + self.page)})
            more = {"@odata.nextLink": f"{self.url}{asked.path}?{next_page}"}
        return 200, {"value": rows[first : first + self.page], **more}, {}

"""A real HTTP server that speaks the part of Google Calendar's API (version 3) that is used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.oauth_server import Asked, OAuthServer, Reply

API = "/calendar/v3"
ID = re.compile(r"[a-v0-9]{5,1024}")
NOT_FOUND: Reply = (404, {"error": {"code": 404, "message": "Not Found"}}, {})


@dataclass
class GoogleCalendar(OAuthServer):
    """`calendars` maps an id to its access role; `events` maps (calendar, event id) to the event. `page` events a page."""

    calendars: dict[str, str] = field(default_factory=lambda: {"ada@gmail.example": "owner", "Team": "freeBusyReader"})
    events: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    page: int = 2500
    changes: int = 0

    authorize_path = "/o/oauth2/v2/auth"
    token_path = "/token"

    def put(self, key: str, start: str, end: str, calendar: str = "ada@gmail.example", **more: Any) -> None:
        """`start`, `end`: a day, or a moment with its offset."""
        side = "dateTime" if "T" in start else "date"
        self._store(calendar, key, {"id": key, "start": {side: start}, "end": {side: end}, **more})

    def api(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix(API)
        if path == "/users/me/calendarList":
            items = [
                {"id": key, "summary": key.title(), "accessRole": role, "primary": key == next(iter(self.calendars))}
                for key, role in self.calendars.items()
            ]
            return 200, {"items": items}, {}
        if path == "/freeBusy":
            return self._free_busy(asked.body)
        found = re.fullmatch(r"/calendars/([^/]+)(?:/events(?:/([^/]+))?)?", path)
        assert found, path
        calendar, key = unquote(found[1]), unquote(found[2] or "")
        if calendar == "primary":
            return 200, {"id": next(iter(self.calendars))}, {}
        if calendar not in self.calendars:
            return NOT_FOUND
        if self.calendars[calendar] == "freeBusyReader":
            return 403, {"error": {"code": 403, "message": "Forbidden", "errors": [{"reason": "forbidden"}]}}, {}
        if not key:
            return self._insert(calendar, asked.body) if asked.method == "POST" else self._list(calendar, asked)
        return self._one(calendar, key, asked)

    def _store(self, calendar: str, key: str, event: dict[str, Any]) -> Reply:
        self.changes += 1
        self.events[calendar, key] = {"status": "confirmed", "iCalUID": f"{key}@google.com", **event}
        self.events[calendar, key]["etag"] = f'"{self.changes}"'
        return 200, self.events[calendar, key], {}

    def _insert(self, calendar: str, event: dict[str, Any]) -> Reply:
        key = event["id"]
        assert ID.fullmatch(key), key
        if (calendar, key) in self.events:
            return 409, {"error": {"code": 409, "message": "The requested identifier already exists."}}, {}
        return self._store(calendar, key, event)

    def _one(self, calendar: str, key: str, asked: Asked) -> Reply:
        event = self.events.get((calendar, key))
        if event is None:
            return NOT_FOUND
        condition = asked.headers.get("if-match", "")
        if condition and condition != event["etag"]:
            return 412, {"error": {"code": 412, "message": "Precondition Failed"}}, {}
        if asked.method == "GET":
            return 200, event, {}
        if asked.method == "DELETE":
            if event["status"] == "cancelled":
                return 410, {"error": {"code": 410, "message": "Resource has been deleted"}}, {}
            self._store(calendar, key, {**event, "status": "cancelled"})
            return 204, None, {}
        return self._store(calendar, key, {**event, **asked.body})

    def _list(self, calendar: str, asked: Asked) -> Reply:
        assert asked.query["singleEvents"] == "true"
        tag = f'"list-{self.changes}"'
        if asked.headers.get("if-none-match") == tag:
            return 304, None, {"ETag": tag}
        rows = [event for (place, _key), event in self.events.items() if place == calendar]
        rows = [event for event in rows if event["status"] != "cancelled"]
        first = int(asked.query.get("pageToken", 0))
        more = {"nextPageToken": str(first + self.page)} if len(rows) > first + self.page else {}
        return 200, {"items": rows[first : first + self.page], **more}, {"ETag": tag}

    def _free_busy(self, body: dict[str, Any]) -> Reply:
        found: dict[str, Any] = {}
        for item in body["items"]:
            rows = [event for (place, _key), event in self.events.items() if place == item["id"]]
            busy = [{"start": row["start"]["dateTime"], "end": row["end"]["dateTime"]} for row in rows]
            known = item["id"] in self.calendars
            found[item["id"]] = {"busy": busy} if known else {"errors": [{"reason": "notFound"}], "busy": []}
        return 200, {"calendars": found}, {}

"""Google Calendar, API version 3."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from admitone.calendars.busy import Fetched, Wanted
from admitone.integrations.oauth import call
from admitone.integrations.outbound import Exchange
from admitone.integrations.remote import Entry, Found, Known, Login, RemoteError, mark, provider, seen
from admitone.integrations.spans import Reading
from admitone.logic.clock import from_min, iso
from admitone.logic.ics import booking_of

DAY = 1440
FIELDS = (
    "nextPageToken,items(id,iCalUID,status,transparency,eventType,start,end,attendees(self,responseStatus),"
    "extendedProperties/private)"
)
PAGES = 20


@provider("google")
class Google:
    label = "Google"

    def calendars(self, login: Login) -> list[Found]:
        """The primary calendar first; one that shows free and busy only cannot be written to."""
        rows = [
            row for page in _pages(login, "/users/me/calendarList?maxResults=250") for row in page[1].get("items", [])
        ]
        rows.sort(key=lambda row: not row.get("primary"))
        return [
            Found(str(row["id"]), str(row.get("summaryOverride") or row.get("summary") or row["id"]), _writes(row))
            for row in rows
            if not row.get("deleted")
        ]

    def who(self, login: Login) -> str:
        """The address of the account: that of its primary calendar."""
        answer, data = call("google", login, "GET", "/calendars/primary")
        return str(data.get("id", "")) if answer.status == 200 else ""

    def busy(self, login: Login, calendar: str, wanted: Wanted) -> Fetched:
        """Events with their ids, so that our own can be told; of a calendar that hides them free and busy alone."""
        first, end = wanted.first // DAY * DAY, (wanted.end // DAY + 1) * DAY
        span = {"timeMin": iso(from_min(first)), "timeMax": iso(from_min(end))}
        query = {**span, "singleEvents": "true", "maxResults": "2500", "fields": FIELDS}
        url, known = f"{_events(calendar)}?{urlencode(query)}", seen(wanted)
        try:
            pages = list(_pages(login, url, known))
        except RemoteError as error:
            if error.why != "permanent":
                raise
            return _free_busy(login, calendar, span, wanted)
        if pages[0][0].status == 304:
            return Fetched(None, wanted.etag)
        reading = Reading(wanted)
        for _answer, data in pages:
            for event in data.get("items", []):
                if _blocks(event):
                    reading.add(_at(event["start"], wanted.zone), _at(event["end"], wanted.zone), _booking(event))
        tag = pages[0][0].headers.get("ETag", "") if len(pages) == 1 else ""
        return reading.done(mark(wanted) + tag[:180] if tag else "")

    def put(self, login: Login, calendar: str, entry: Entry, known: Known) -> Known:
        """Under an id made from the booking's: a repeated insertion is refused by Google, and becomes a change."""
        key = known.id or event_id(entry.booking_id)
        body, condition = _body(entry), {"If-Match": known.etag} if known.etag else {}
        if known.id:
            answer, data = call("google", login, "PATCH", _event(calendar, key), body=body, headers=condition)
            if answer.status == 200:
                return _known(data)
        else:
            answer, data = call(
                "google", login, "POST", f"{_events(calendar)}?sendUpdates=none", body={**body, "id": key}
            )
            if answer.status == 200:
                return _known(data)
            if answer.status == 404:
                raise _gone()
        return self._over(login, calendar, entry, key)

    def _over(self, login: Login, calendar: str, entry: Entry, key: str) -> Known:
        """Write over what is there, unless it is a later state; what was deleted there comes back."""
        answer, data = call("google", login, "GET", _event(calendar, key).partition("?")[0])
        if answer.status in (404, 410):
            answer, data = call(
                "google", login, "POST", f"{_events(calendar)}?sendUpdates=none", body={**_body(entry), "id": key}
            )
            if answer.status == 200:
                return _known(data)
            raise _gone() if answer.status == 404 else RemoteError("Google does not take the entry.", "transient")
        written = (data.get("extendedProperties") or {}).get("private", {}).get("admitone_sequence", "")
        if written.isdigit() and int(written) > entry.sequence:
            return _known(data)
        condition = {"If-Match": str(data.get("etag", ""))}
        answer, data = call("google", login, "PATCH", _event(calendar, key), body=_body(entry), headers=condition)
        if answer.status != 200:
            raise RemoteError("Google does not take the entry.", "transient")
        return _known(data)

    def remove(self, login: Login, calendar: str, booking_id: UUID, known: Known) -> None:
        call("google", login, "DELETE", _event(calendar, known.id or event_id(booking_id)))


def _gone() -> RemoteError:
    return RemoteError("There is no such calendar at Google any more.", "gone")


def event_id(booking_id: UUID) -> str:
    """Google takes ids of its clients in the letters of base32hex (RFC 4648 section 7)."""
    return base64.b32hexencode(booking_id.bytes).decode().rstrip("=").lower()


def _events(calendar: str) -> str:
    return f"/calendars/{quote(calendar, safe='')}/events"


def _event(calendar: str, key: str) -> str:
    return f"{_events(calendar)}/{quote(key, safe='')}?sendUpdates=none"


def _pages(login: Login, url: str, etag: str = "") -> Iterator[tuple[Exchange, dict[str, Any]]]:
    """Every page; RemoteError if there are too many, or one is missing."""
    token = ""
    for _n in range(PAGES):
        more = f"&pageToken={quote(token, safe='')}" if token else ""
        answer, data = call(
            "google", login, "GET", url + more, headers={"If-None-Match": etag} if etag and not token else {}
        )
        if answer.status in (404, 410):
            raise _gone()
        if answer.status not in (200, 304):
            raise RemoteError("Google answered something else than expected.", "transient")
        yield answer, data
        token = str(data.get("nextPageToken") or "")
        if not token:
            return
    raise RemoteError("The calendar holds too many events.")


def _writes(row: dict[str, Any]) -> bool:
    return row.get("accessRole") in ("owner", "writer")


def _blocks(event: dict[str, Any]) -> bool:
    declined = any(one.get("self") and one.get("responseStatus") == "declined" for one in event.get("attendees", []))
    kind = event.get("eventType", "default")
    free = event.get("status") == "cancelled" or event.get("transparency") == "transparent"
    return not (free or declined or kind in ("workingLocation", "birthday"))


def _at(value: dict[str, str], zone: str) -> datetime:
    """{"dateTime": RFC 3339} or {"date": a day in the host's zone}."""
    if "date" in value and "dateTime" not in value:
        return datetime.combine(date.fromisoformat(value["date"]), time(), ZoneInfo(zone))
    return datetime.fromisoformat(value["dateTime"])


def _booking(event: dict[str, Any]) -> UUID | None:
    own = (event.get("extendedProperties") or {}).get("private", {}).get("admitone_booking", "")
    return booking_of(f"{own}@admitone") or booking_of(str(event.get("iCalUID", "")))


def _free_busy(login: Login, calendar: str, span: dict[str, str], wanted: Wanted) -> Fetched:
    _answer, data = call("google", login, "POST", "/freeBusy", body={**span, "items": [{"id": calendar}]})
    found = (data.get("calendars") or {}).get(calendar)
    if not found or found.get("errors"):
        raise _gone()
    reading = Reading(wanted)
    for one in found.get("busy", []):
        reading.add(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]), None)
    return reading.done("")


def _body(entry: Entry) -> dict[str, Any]:
    own = {"admitone_booking": str(entry.booking_id), "admitone_sequence": str(entry.sequence)}
    return {
        "summary": entry.summary,
        "description": entry.description,
        "location": entry.location,
        "start": {"dateTime": iso(from_min(entry.start_min))},
        "end": {"dateTime": iso(from_min(entry.end_min))},
        "status": "tentative" if entry.tentative else "confirmed",
        "extendedProperties": {"private": own},
    }


def _known(data: dict[str, Any]) -> Known:
    return Known(str(data["id"]), str(data.get("etag", "")))

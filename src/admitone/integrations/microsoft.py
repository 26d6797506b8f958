"""Outlook and Microsoft 365 calendars, by Microsoft Graph version 1.0."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from admitone.calendars.busy import Fetched, Wanted
from admitone.integrations.oauth import call, microsoft
from admitone.integrations.remote import Entry, Found, Known, Login, RemoteError, provider
from admitone.integrations.spans import Reading
from admitone.logic.clock import from_min
from admitone.logic.ics import booking_of

#: Our property of an event: its name within a set of names of our own.
SET = "String {6f1d6a3c-3c2e-4b0e-9a57-ad0170ad0170} Name"
BOOKING, SEQUENCE = f"{SET} admitone_booking", f"{SET} admitone_sequence"
SELECT = "id,iCalUId,start,end,isAllDay,showAs,isCancelled,responseStatus"
OWN = f"singleValueExtendedProperties($filter=id eq '{BOOKING}' or id eq '{SEQUENCE}')"
FREE = ("free", "workingElsewhere")
UTC_TIMES = {"Prefer": 'outlook.timezone="UTC"'}
PAGES = 40


@provider("microsoft")
class Microsoft:
    label = "Microsoft"

    def calendars(self, login: Login) -> list[Found]:
        """The default calendar first."""
        rows = list(_items(login, "/me/calendars?$top=100&$select=id,name,canEdit,isDefaultCalendar"))
        rows.sort(key=lambda row: not row.get("isDefaultCalendar"))
        return [Found(str(row["id"]), str(row.get("name") or row["id"]), bool(row.get("canEdit"))) for row in rows]

    def who(self, login: Login) -> str:
        answer, data = call("microsoft", login, "GET", "/me?$select=mail,userPrincipalName")
        return str(data.get("mail") or data.get("userPrincipalName") or "") if answer.status == 200 else ""

    def busy(self, login: Login, calendar: str, wanted: Wanted) -> Fetched:
        """The calendar's view of the window, series unfolded. An all-day event is days in the host's zone."""
        low, high = (f"{from_min(minute):%Y-%m-%dT%H:%M:%SZ}" for minute in (wanted.first, wanted.end))
        query = {"startDateTime": low, "endDateTime": high, "$top": "500", "$select": SELECT, "$expand": OWN}
        reading = Reading(wanted)
        for event in _items(login, f"{_calendar(calendar)}/calendarView?{urlencode(query)}"):
            if _blocks(event):
                reading.add(_at(event, "start", wanted.zone), _at(event, "end", wanted.zone), _booking(event))
        return reading.done("")

    def put(self, login: Login, calendar: str, entry: Entry, known: Known) -> Known:
        """Found again by our own property, and by `transactionId` for the moment until that can be searched."""
        there = known if known.id else self._find(login, calendar, entry.booking_id)
        if there.id:
            answer, data = call("microsoft", login, "PATCH", _event(there.id), body=_body(entry))
            if answer.status == 200:
                return Known(str(data["id"]), str(data.get("changeKey", "")))
            if answer.status not in (404, 410):
                raise RemoteError("Microsoft does not take the entry.", "transient")
        return self._create(login, calendar, entry)

    def _create(self, login: Login, calendar: str, entry: Entry) -> Known:
        # What was deleted there comes back after a change, so the transaction is that of this state.
        transaction = f"{entry.booking_id}-{entry.sequence}"
        body = {**_body(entry), "transactionId": transaction}
        answer, data = call("microsoft", login, "POST", f"{_calendar(calendar)}/events", body=body)
        if answer.status == 404:
            raise _gone()
        if answer.status == 409 and (there := self._find(login, calendar, entry.booking_id)).id:
            return there
        if answer.status not in (200, 201):
            raise RemoteError("Microsoft does not take the entry.", "transient")
        return Known(str(data["id"]), str(data.get("changeKey", "")))

    def _find(self, login: Login, calendar: str, booking_id: UUID) -> Known:
        own = f"singleValueExtendedProperties/Any(ep: ep/id eq '{BOOKING}' and ep/value eq '{booking_id}')"
        query = urlencode({"$filter": own, "$select": "id,changeKey", "$top": "1"})
        rows = list(_items(login, f"{_calendar(calendar)}/events?{query}"))
        return Known(str(rows[0]["id"]), str(rows[0].get("changeKey", ""))) if rows else Known()

    def remove(self, login: Login, calendar: str, booking_id: UUID, known: Known) -> None:
        there = known if known.id else self._find(login, calendar, booking_id)
        if there.id:
            call("microsoft", login, "DELETE", _event(there.id))


def _gone() -> RemoteError:
    return RemoteError("There is no such calendar at Microsoft any more.", "gone")


def _calendar(calendar: str) -> str:
    return f"/me/calendars/{quote(calendar, safe='')}"


def _event(key: str) -> str:
    return f"/me/events/{quote(key, safe='')}"


def _items(login: Login, url: str) -> Iterator[dict[str, Any]]:
    """The rows of every page; RemoteError if there are too many, or one is missing."""
    for _n in range(PAGES):
        answer, data = call("microsoft", login, "GET", url, headers=UTC_TIMES)
        if answer.status in (404, 410):
            raise _gone()
        if answer.status != 200 or "value" not in data:
            raise RemoteError("Microsoft answered something else than expected.", "transient")
        yield from data["value"]
        url = str(data.get("@odata.nextLink") or "")
        if not url:
            return
        if not url.startswith(microsoft().api + "/"):
            raise RemoteError("Microsoft answered something else than expected.")
    raise RemoteError("The calendar holds too many events.")


def _blocks(event: dict[str, Any]) -> bool:
    declined = (event.get("responseStatus") or {}).get("response") == "declined"
    return not (event.get("isCancelled") or event.get("showAs") in FREE or declined)


def _at(event: dict[str, Any], name: str, zone: str) -> datetime:
    """{"dateTime": without offset, in UTC as asked for}; of an all-day event only its day counts."""
    text = str(event[name]["dateTime"])[:19]
    if event.get("isAllDay"):
        return datetime.combine(date.fromisoformat(text[:10]), time(), ZoneInfo(zone))
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _booking(event: dict[str, Any]) -> UUID | None:
    own = {one["id"]: one["value"] for one in event.get("singleValueExtendedProperties") or []}
    return booking_of(f"{own.get(BOOKING, '')}@admitone") or booking_of(str(event.get("iCalUId", "")))


def _body(entry: Entry) -> dict[str, Any]:
    start, end = (f"{from_min(minute):%Y-%m-%dT%H:%M:%S}" for minute in (entry.start_min, entry.end_min))
    return {
        "subject": entry.summary,
        "body": {"contentType": "text", "content": entry.description},
        "location": {"displayName": entry.location},
        "start": {"dateTime": start, "timeZone": "UTC"},
        "end": {"dateTime": end, "timeZone": "UTC"},
        "showAs": "tentative" if entry.tentative else "busy",
        "singleValueExtendedProperties": [
            {"id": BOOKING, "value": str(entry.booking_id)},
            {"id": SEQUENCE, "value": str(entry.sequence)},
        ],
    }

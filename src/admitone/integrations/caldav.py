"""CalDAV servers (RFC 4791): Nextcloud, Fastmail, iCloud, Radicale and others, by user name and app password."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from caldav.response import PropfindResult
from icalendar import Calendar

from admitone.calendars.busy import Fetched, Wanted
from admitone.integrations import dav
from admitone.integrations.ics_times import Unreadable, busy_times, joined
from admitone.integrations.remote import Entry, Found, Known, Login, RemoteError, mark, provider, seen
from admitone.logic import ics
from admitone.logic.clock import from_min

D, C, S = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
ABOUT = "<D:resourcetype/><D:displayname/><D:current-user-principal/><C:calendar-home-set/>"
LISTED = "<D:resourcetype/><D:displayname/><C:supported-calendar-component-set/><D:current-user-privilege-set/>"
STATE = "<D:resourcetype/><S:getctag/><D:sync-token/>"
WRITES = {f"{D}{name}" for name in ("all", "write", "write-content", "bind")}
#: All-day and floating events are compared by the server in a zone that it chooses.
MARGIN = timedelta(days=2)
QUERY = (
    '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>'
    '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>'
)
NOTHING = "No calendar was found at this address."
UNREADABLE = "The address does not lead to a calendar."


@provider("caldav")
class CalDav:
    label = "CalDAV"

    def who(self, login: Login) -> str:
        return login.secrets["user"]

    def calendars(self, login: Login) -> list[Found]:
        """Those of the address itself if it is a calendar, else of the user's home (RFC 6764 section 6)."""
        base = login.secrets["url"]
        url, about = _about(login, base)
        if _is_calendar(about):
            return [_found(url, _listed(login, url, 0)[0])]
        for home in _homes(login, url, about):
            if rows := [_found(home, row) for row in _listed(login, home, 1) if _holds_events(row)]:
                return rows
        raise RemoteError(NOTHING)

    def busy(self, login: Login, calendar: str, wanted: Wanted) -> Fetched:
        """Unchanged by the collection's tag (getctag, else sync-token); else every event of the window is read."""
        _url, rows = dav.propfind(login, dav.within(login, calendar), STATE)
        if not rows or not _is_calendar(rows[0].properties):
            raise RemoteError(UNREADABLE)
        tag = str(rows[0].properties.get(f"{S}getctag") or rows[0].properties.get(f"{D}sync-token") or "")
        if tag and seen(wanted) == tag[:180]:
            return Fetched(None, wanted.etag)
        low, high = (f"{at:%Y%m%dT%H%M%SZ}" for at in (from_min(wanted.first) - MARGIN, from_min(wanted.end) + MARGIN))
        query = QUERY.format(f'<C:time-range start="{low}" end="{high}"/>')
        files = [row.calendar_data or "" for row in dav.report(login, calendar, query)]
        try:
            spans, ours = busy_times(joined(files), wanted.zone, wanted.first, wanted.end)
        except Unreadable as error:
            raise RemoteError(str(error)) from error
        return Fetched(spans, mark(wanted) + tag[:180] if tag else "", ours)

    def put(self, login: Login, calendar: str, entry: Entry, known: Known) -> Known:
        """Write the entry if nobody has changed it since `known`, else look at what is there and write over that."""
        at = known.id or _address(calendar, entry.booking_id)
        for seen_there in _versions(login, calendar, at, entry, known):
            at, etag, sequence = seen_there
            if sequence is None:
                return Known(at, etag)  # a later change is there already
            condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
            content = _file(entry, sequence).encode()
            headers = {**condition, "Content-Type": "text/calendar; charset=utf-8"}
            answer = dav.request(login, "PUT", dav.within(login, at), content=content, headers=headers)
            if answer.status in (200, 201, 204):
                return Known(at, answer.etag)
            _refuse(answer, 403, 409, 404, 412)
        raise RemoteError("The calendar does not take the entry.", "transient")

    def remove(self, login: Login, calendar: str, booking_id: UUID, known: Known) -> None:
        """Delete the entry, wherever it is now; what is not there any more is removed."""
        at = known.id or _by_uid(login, calendar, booking_id)
        if at:
            answer = dav.request(login, "DELETE", dav.within(login, at))
            if answer.status not in (200, 202, 204, 404, 410):
                _refuse(answer)


def _about(login: Login, base: str) -> tuple[str, dict[str, Any]]:
    """What the address says of itself, or what the well-known address below it does."""
    tries = [base]
    if base.partition("://")[2].rstrip("/").count("/") == 0:
        tries.insert(0, dav.joined(base, "/.well-known/caldav"))
    failure = RemoteError(dav.NOT_CALDAV)
    for url in tries:
        try:
            found, rows = dav.propfind(login, url, ABOUT)
        except RemoteError as error:
            if error.why in ("login", "transient"):
                raise
            failure = RemoteError(NOTHING) if error.why == "gone" else error
            continue
        if rows and (_is_calendar(rows[0].properties) or _links(rows[0].properties)):
            return found, rows[0].properties
    raise failure


def _links(about: dict[str, Any]) -> bool:
    return bool(about.get(f"{D}current-user-principal") or about.get(f"{C}calendar-home-set"))


def _homes(login: Login, url: str, about: dict[str, Any]) -> list[str]:
    homes = about.get(f"{C}calendar-home-set")
    if not homes:
        principal = dav.within(login, dav.joined(url, str(about[f"{D}current-user-principal"])))
        url, rows = dav.propfind(login, principal, "<C:calendar-home-set/>")
        homes = rows[0].properties.get(f"{C}calendar-home-set") if rows else None
    if not homes:
        raise RemoteError(NOTHING)
    return [dav.within(login, dav.joined(url, home)) for home in ([homes] if isinstance(homes, str) else homes)]


def _listed(login: Login, url: str, depth: int) -> list[PropfindResult]:
    _url, rows = dav.propfind(login, url, LISTED, depth)
    if not rows:
        raise RemoteError(UNREADABLE)
    return rows


def _is_calendar(about: dict[str, Any]) -> bool:
    return f"{C}calendar" in (about.get(f"{D}resourcetype") or ())


def _holds_events(row: PropfindResult) -> bool:
    kinds = row.properties.get(f"{C}supported-calendar-component-set")
    return _is_calendar(row.properties) and (not kinds or "VEVENT" in kinds)


def _found(base: str, row: PropfindResult) -> Found:
    url = dav.joined(base, quote(row.href, safe="/:@%~!$&'()*+,;="))
    rights = row.properties.get(f"{D}current-user-privilege-set")
    name = str(row.properties.get(f"{D}displayname") or row.href.rstrip("/").rpartition("/")[2])
    return Found(url, name, not rights or bool(WRITES & set(rights)))


def _address(calendar: str, booking_id: UUID) -> str:
    return f"{calendar.rstrip('/')}/{booking_id}.ics"


Version = tuple[str, str, int | None]


def _versions(login: Login, calendar: str, at: str, entry: Entry, known: Known) -> Any:
    """(address, etag, SEQUENCE to write or None if a later change is there) to try one after the other."""
    yield at, known.etag, entry.sequence
    for _try in range(2):
        at = _there(login, at) or _by_uid(login, calendar, entry.booking_id) or _address(calendar, entry.booking_id)
        answer = dav.request(login, "GET", dav.within(login, at))
        if answer.status in (404, 410):
            yield at, "", entry.sequence
            continue
        written, sequence = _marks(answer.body)
        stale = written is not None and written > entry.sequence
        yield at, answer.etag, None if stale else max(entry.sequence, sequence + 1)


def _there(login: Login, at: str) -> str:
    return at if dav.request(login, "HEAD", dav.within(login, at)).status == 200 else ""


def _by_uid(login: Login, calendar: str, booking_id: UUID) -> str:
    """Where an entry of this UID stands, such as one that the host took over from an invitation; "" if nowhere."""
    match = f'<C:prop-filter name="UID"><C:text-match>{ics.uid(booking_id)}</C:text-match></C:prop-filter>'
    rows = dav.report(login, dav.within(login, calendar), QUERY.format(match))
    hits = [row for row in rows if ics.uid(booking_id) in (row.calendar_data or "")]
    return dav.joined(calendar, quote(hits[0].href, safe="/:@%~!$&'()*+,;=")) if hits else ""


def _marks(body: bytes) -> tuple[int | None, int]:
    """(our own mark, SEQUENCE) of a stored entry; its user's calendar may have raised the SEQUENCE."""
    try:
        event = Calendar.from_ical(body).walk("VEVENT")[0]
        own = str(event.get(ics.MARK, ""))
        return int(own) if re.fullmatch(r"\d{1,9}", own) else None, int(event.get("SEQUENCE", 0))
    except (ValueError, IndexError, KeyError, TypeError):
        return None, 0


def _file(entry: Entry, sequence: int) -> str:
    nobody = ics.Person("", "")
    facts = ics.Invite(
        booking_id=entry.booking_id,
        sequence=sequence,
        start_min=entry.start_min,
        end_min=entry.end_min,
        summary=entry.summary,
        organizer=nobody,
        description=entry.description,
        location=entry.location,
        url=entry.url,
        tentative=entry.tentative,
    )
    return ics.stored(facts, mark=entry.sequence, now=entry.changed_at)


def _refuse(answer: dav.Answer, *tolerated: int) -> None:
    """Raise for an answer that another try would not change; 403 and 409 may mean that the UID stands elsewhere."""
    if answer.status in tolerated and (answer.status not in (403, 409) or b"no-uid-conflict" in answer.body):
        return
    if answer.status in (403, 405):
        raise RemoteError("The server does not let this user write to the calendar.")
    if answer.status in (404, 409, 410):
        raise RemoteError("There is no such calendar at the server any more.", "gone")
    raise RemoteError(f"The server refused the entry (it answered {answer.status}).")

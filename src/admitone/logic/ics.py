"""One appointment as iCalendar (RFC 5545, scheduling by RFC 5546), and the links that add it to a web calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from admitone.logic.clock import from_min, iso

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
PRODUCT = "-//Admit One//admitone//EN"
MARK = "X-ADMITONE-SEQUENCE"
GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part; `email` may be empty, then the person is left out of the file."""

    name: str
    email: str
    rsvp: bool = True


@dataclass(frozen=True, slots=True)
class Invite:
    """What one reader's calendar shows. Times are epoch minutes; `url` is what this reader (and nobody else) may open; `tentative`
    is what still waits for its approval."""

    booking_id: UUID
    sequence: int
    start_min: int
    end_min: int
    summary: str
    organizer: Person
    attendees: Sequence[Person] = ()
    description: str = ""
    location: str = ""
    url: str = ""
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment in a feed; `changed_at` is the last change of its row, so that an unchanged one reads the same."""

    uid: str
    sequence: int
    start_min: int
    end_min: int
    summary: str
    changed_at: datetime
    description: str = ""
    location: str = ""
    url: str = ""
    pending: bool = False


def uid(booking_id: UUID | str) -> str:
    """The same for ever: neither a reschedule nor another host name may make a second entry in a calendar."""
    return f"{booking_id}@admitone"


def booking_of(event_uid: str) -> UUID | None:
    """The booking that a UID of `uid` names; None for the UIDs of others."""
    text, mark, host = event_uid.strip().partition("@")
    try:
        return UUID(text) if mark and host == "admitone" and len(text) == 36 else None
    except ValueError:
        return None


def stored(facts: Invite, *, mark: int, now: datetime) -> str:
    """The entry as a calendar server keeps it (RFC 4791 section 4.1: no METHOD). It names nobody who takes part, so that
    the server invites nobody. `mark` is the booking's own sequence, whatever SEQUENCE has to be."""
    calendar, event = Calendar(), _event(facts, "PUBLISH", now)
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    event.pop("ORGANIZER", None)
    event.add(MARK, str(mark))
    calendar.add_component(event)
    return calendar.to_ical().decode("utf-8")


def invite(facts: Invite, *, method: Method, now: datetime) -> str:
    """The file: REQUEST for a new or moved appointment, CANCEL to remove it, PUBLISH for a download (no attendees)."""
    return invites([facts], method=method, now=now)


def invites(several: Sequence[Invite], *, method: Method, now: datetime) -> str:
    """One file with several appointments."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for facts in several:
        calendar.add_component(_event(facts, method, now))
    return calendar.to_ical().decode("utf-8")


def _event(facts: Invite, method: Method, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid(facts.booking_id))
    event.add("sequence", facts.sequence)
    event.add("dtstamp", now)
    event.add("last-modified", now)
    event.add("dtstart", from_min(facts.start_min))
    event.add("dtend", from_min(facts.end_min))
    event.add("summary", _clean(facts.summary))
    for name, value in (("description", facts.description), ("location", facts.location)):
        if value:
            event.add(name, _clean(value))
    if facts.url:
        event.add("url", vUri(facts.url))
    event.add("status", "CANCELLED" if method == "CANCEL" else "TENTATIVE" if facts.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    _add_people(event, facts, method)
    return event


#: What a feed ends with.
FEED_TAIL = "END:VCALENDAR\r\n"


def feed_head(name: str) -> str:
    """How a published calendar begins, with its name and how often it is worth reading (RFC 7986 section 5.7)."""
    calendar = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        calendar.add(key, value)
    for key in ("name", "x-wr-calname"):
        calendar.add(key, vText(_clean(name)))
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    return calendar.to_ical().decode("utf-8").removesuffix(FEED_TAIL)


def feed_entry(entry: Entry) -> str:
    """One VEVENT of a feed."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", from_min(entry.start_min))
    event.add("dtend", from_min(entry.end_min))
    event.add("summary", _clean(entry.summary))
    for name, value in (("description", entry.description), ("location", entry.location)):
        if value:
            event.add(name, _clean(value))
    if entry.url:
        event.add("url", vUri(entry.url))
    event.add("status", "TENTATIVE" if entry.pending else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event.to_ical().decode("utf-8")


def _add_people(event: Event, facts: Invite, method: Method) -> None:
    if facts.organizer.email:
        event.add("organizer", _address(facts.organizer))
    if method == "PUBLISH":  # RFC 5546 section 3.2.1: a published event names no attendees
        return
    for person in facts.attendees:
        if person.email:
            event.add("attendee", _attendee(person))


def _attendee(person: Person) -> vCalAddress:
    address = _address(person)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    # They chose the time themselves: calendars then show it as accepted instead of asking again.
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("TRUE" if person.rsvp else "FALSE")
    return address


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{_ascii_domain(person.email)}")
    if name := _clean(person.name).replace('"', "'").replace("\n", " "):
        address.params["CN"] = vText(name)
    return address


def _ascii_domain(email: str) -> str:
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return email


def _clean(text: str) -> str:
    """Control characters are not allowed in any property (RFC 5545 section 3.1); line breaks are escaped by the writer."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c == "\n" or c == "\t" or (c >= " " and c != "\x7f"))


def add_to_google(facts: Invite) -> str:
    """A link that opens Google Calendar with the appointment filled in."""
    compact = [iso(from_min(minute)).replace("-", "").replace(":", "") for minute in (facts.start_min, facts.end_min)]
    query = {"action": "TEMPLATE", "text": facts.summary, "dates": "/".join(compact)}
    return f"{GOOGLE}?{urlencode(query | _details(facts, 'details'))}"


def add_to_outlook(facts: Invite) -> str:
    """A link that opens Outlook on the web with the appointment filled in."""
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": facts.summary,
        "startdt": iso(from_min(facts.start_min)),
        "enddt": iso(from_min(facts.end_min)),
    }
    return f"{OUTLOOK}?{urlencode(query | _details(facts, 'body'))}"


def _details(facts: Invite, body: str) -> dict[str, str]:
    text = "\n\n".join(part for part in (facts.description, facts.url) if part)
    return {key: value for key, value in ((body, text), ("location", facts.location)) if value}

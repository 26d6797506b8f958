"""CalDAV against a real Radicale: finding calendars, reading what blocks, writing and removing entries."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integrations.feed_server import FeedServer
from tests.radicale_server import PASSWORD, USER, Radicale

from admitone.calendars.busy import Fetched, Wanted
from admitone.integrations.caldav import CalDav
from admitone.integrations.remote import Entry, Known, Login, RemoteError
from admitone.logic import ics
from admitone.logic.clock import to_min_floor

DAV = CalDav()
BOOKING = UUID("0190a0a0-0000-7000-8000-00000000beef")
FIRST = to_min_floor(datetime(2026, 11, 2, tzinfo=UTC))
WEEK = 7 * 1440


def at(day: int, hour: int, minute: int = 0) -> int:
    return to_min_floor(datetime(2026, 11, day, hour, minute, tzinfo=UTC))


def event(*lines: str, uid: str = "") -> str:
    rows = ["BEGIN:VEVENT", f"UID:{uid or uuid4()}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT", ""]
    return "\r\n".join(rows)


def login(url: str, password: str = PASSWORD, timeout: float = 20.0) -> Login:
    return Login({"url": url, "user": USER, "password": password}, timeout)


def wanted(etag: str = "", zone: str = "Europe/Berlin") -> Wanted:
    return Wanted(etag, zone, FIRST, FIRST + WEEK)


def read(calendar: str, etag: str = "", zone: str = "Europe/Berlin") -> Fetched:
    return DAV.busy(login(calendar), calendar, wanted(etag, zone))


def entry(**values: Any) -> Entry:
    start = at(3, 10)
    base: dict[str, Any] = {"booking_id": BOOKING, "sequence": 0, "start_min": start, "end_min": start + 30}
    return Entry(**{**base, "summary": "Ana: Consultation", "changed_at": datetime(2026, 11, 1, tzinfo=UTC), **values})


@pytest.mark.parametrize("path", ["", "/", "/ada/", "/.well-known/caldav"])
def test_calendars_are_found_from_the_address_of_the_server(radicale: Radicale, path: str) -> None:
    work, _tasks = radicale.calendar("Work"), radicale.calendar("Tasks", "VTODO")
    home = radicale.calendar("Home")
    found = DAV.calendars(login(radicale.url + path))
    assert sorted((one.id, one.name, one.writable) for one in found) == [(home, "Home", True), (work, "Work", True)]


def test_the_address_of_one_calendar_finds_that_one(radicale: Radicale) -> None:
    work, _home = radicale.calendar("Work"), radicale.calendar("Home")
    assert [one.id for one in DAV.calendars(login(work))] == [work]


@pytest.mark.parametrize(
    ("password", "path", "words", "why"),
    [
        ("wrong", "/", "The user name or the password is not accepted.", "login"),
        (PASSWORD, "/ada/nothing/", "No calendar was found at this address.", "permanent"),
        (PASSWORD, "/ada/", "No calendar was found at this address.", "permanent"),
    ],
)
def test_what_cannot_be_connected_says_why(radicale: Radicale, password: str, path: str, words: str, why: str) -> None:
    with pytest.raises(RemoteError) as refused:
        DAV.calendars(login(radicale.url + path, password))
    assert (str(refused.value), refused.value.why) == (words, why)


def test_a_web_page_is_no_calendar_server(feeds: FeedServer) -> None:
    feeds.put("/", "<html>Sign in</html>")
    with pytest.raises(RemoteError) as refused:
        DAV.calendars(login(feeds.url("/")))
    assert str(refused.value) == "The server does not speak CalDAV at this address."


def test_a_private_server_is_refused_unless_the_operator_allows_it(radicale: Radicale, settings: Any) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    with pytest.raises(RemoteError) as refused:
        DAV.calendars(login(radicale.url))
    assert (str(refused.value)[:34], radicale.asked) == ("A password is sent over https only", [])


def test_a_server_that_is_silent_is_given_up_in_time(radicale: Radicale) -> None:
    from threading import Event

    gate = Event()
    radicale.holds["PROPFIND"] = lambda: gate.wait(5)
    with pytest.raises(RemoteError) as refused:
        DAV.calendars(login(radicale.url, timeout=0.3))
    gate.set()
    assert (str(refused.value), refused.value.why) == ("The server did not answer in time.", "transient")


def test_a_password_does_not_follow_a_redirect_to_another_server(radicale: Radicale, feeds: FeedServer) -> None:
    radicale.refusals.append(("PROPFIND", "302 Found"))
    with pytest.raises(RemoteError):
        DAV.calendars(login("http://127.0.0.1:9/"))
    assert feeds.asked == []


ZONE = """BEGIN:VTIMEZONE\r
TZID:Office\r
BEGIN:STANDARD\r
DTSTART:19700101T000000\r
TZOFFSETFROM:+0300\r
TZOFFSETTO:+0300\r
END:STANDARD\r
END:VTIMEZONE\r
"""


def test_events_of_every_sort_block_what_they_cover(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    radicale.put(work, "plain", event("DTSTART:20261102T090000Z", "DTEND:20261102T100030Z"))
    radicale.put(
        work,
        "series",
        event("DTSTART:20261001T120000Z", "DTEND:20261001T130000Z", "RRULE:FREQ=DAILY;COUNT=60", "EXDATE:20261104T120000Z", uid="s"),
        event("RECURRENCE-ID:20261105T120000Z", "DTSTART:20261105T180000Z", "DTEND:20261105T190000Z", uid="s"),
    )  # fmt: skip
    radicale.put(work, "day", event("DTSTART;VALUE=DATE:20261107", "DTEND;VALUE=DATE:20261108"))
    radicale.put(work, "floating", event("DTSTART:20261103T080000", "DTEND:20261103T083000"))
    radicale.put(
        work, "foreign", event("DTSTART;TZID=Office:20261103T200000", "DTEND;TZID=Office:20261103T210000"), zones=ZONE
    )
    radicale.put(work, "free", event("DTSTART:20261106T090000Z", "DTEND:20261106T100000Z", "TRANSP:TRANSPARENT"))
    radicale.put(work, "off", event("DTSTART:20261106T090000Z", "DTEND:20261106T100000Z", "STATUS:CANCELLED"))
    lunches = [(at(day, 12), at(day, 13)) for day in (2, 3, 6, 7, 8)]
    assert read(work).spans == sorted(
        [
            (at(2, 9), at(2, 10, 1)),
            *(span for span in lunches if span[0] != at(7, 12)),
            (at(5, 18), at(5, 19)),
            (at(6, 23), at(7, 23)),
            (at(3, 7), at(3, 7, 30)),
            (at(3, 17), at(3, 18)),
        ]
    )


def test_an_unchanged_calendar_is_not_read_again_and_a_changed_one_is(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    radicale.put(work, "one", event("DTSTART:20261102T090000Z", "DTEND:20261102T100000Z"))
    first = read(work)
    radicale.asked.clear()
    assert (read(work, first.etag).spans, [method for method, _ in radicale.asked]) == (None, ["PROPFIND"])
    assert read(work, first.etag, "Asia/Tokyo").spans == [(at(2, 9), at(2, 10))]
    radicale.put(work, "two", event("DTSTART:20261103T090000Z", "DTEND:20261103T100000Z"))
    assert read(work, first.etag).spans == [(at(2, 9), at(2, 10)), (at(3, 9), at(3, 10))]


def test_entries_of_bookings_are_told_apart(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    DAV.put(login(work), work, entry(), Known())
    assert (read(work).spans, read(work).ours) == ([], {BOOKING: [(at(3, 10), at(3, 10, 30))]})


@pytest.mark.parametrize("status", ["500 Oops", "429 Slow", "503 Later"])
def test_a_faulty_server_is_an_error_and_never_free_time(radicale: Radicale, status: str) -> None:
    work = radicale.calendar("Work")
    radicale.refusals.append(("REPORT", status))
    with pytest.raises(RemoteError) as refused:
        read(work)
    assert (refused.value.why, refused.value.after) == ("transient", 7.0)


def test_a_collection_that_is_gone_is_said_to_be(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    radicale.delete(work)
    with pytest.raises(RemoteError) as refused:
        read(work)
    assert refused.value.why == "gone"


def test_an_entry_is_written_changed_and_removed(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    first = DAV.put(login(work), work, entry(tentative=True), Known())
    text = radicale.get(first.id)
    assert (f"UID:{ics.uid(BOOKING)}" in text, "STATUS:TENTATIVE" in text, "METHOD" in text) == (True, True, False)
    second = DAV.put(login(work), work, entry(sequence=1, start_min=at(4, 9), end_min=at(4, 10)), first)
    text = radicale.get(second.id)
    assert ("DTSTART:20261104T090000Z" in text, "STATUS:CONFIRMED" in text, second.id) == (True, True, first.id)
    DAV.remove(login(work), work, BOOKING, second)
    DAV.remove(login(work), work, BOOKING, second)
    assert radicale.files(work) == []


def test_writing_twice_without_knowing_makes_one_entry(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    for _ in range(2):
        known = DAV.put(login(work), work, entry(), Known())
    assert radicale.files(work) == [known.id]


def test_a_late_write_of_an_earlier_state_changes_nothing(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    DAV.put(login(work), work, entry(sequence=3, start_min=at(5, 9), end_min=at(5, 10)), Known())
    known = DAV.put(login(work), work, entry(sequence=2), Known())
    assert "DTSTART:20261105T090000Z" in radicale.get(known.id)


def test_an_entry_that_its_user_changed_or_deleted_is_written_anew(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    known = DAV.put(login(work), work, entry(), Known())
    radicale.overwrite(known.id, radicale.get(known.id).replace("\nSEQUENCE:0", "\nSEQUENCE:7"))
    known = DAV.put(login(work), work, entry(sequence=1), known)
    assert "SEQUENCE:8" in radicale.get(known.id)
    radicale.delete(known.id)
    known = DAV.put(login(work), work, entry(sequence=2), known)
    assert "SEQUENCE:2" in radicale.get(known.id)


def test_an_entry_taken_over_from_an_invitation_is_the_one_that_is_kept(radicale: Radicale) -> None:
    work = radicale.calendar("Work")
    mine = radicale.put(
        work, "invited", event("DTSTART:20261103T100000Z", "DTEND:20261103T103000Z", uid=ics.uid(BOOKING))
    )
    known = DAV.put(login(work), work, entry(start_min=at(4, 9), end_min=at(4, 10)), Known())
    assert (known.id, radicale.files(work), "20261104T090000Z" in radicale.get(mine)) == (mine, [mine], True)
    DAV.remove(login(work), work, BOOKING, Known())
    assert radicale.files(work) == []

"""Appointments as iCalendar, read back by the parser that other programs use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from admitone.logic.clock import to_min_floor
from admitone.logic.ics import Invite, Method, Person, add_to_google, add_to_outlook, invite, uid

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
START = datetime(2026, 11, 6, 13, tzinfo=UTC)
ID = UUID("0192f0c8-0000-7000-8000-000000000001")


def facts(**fields: Any) -> Invite:
    values = {
        "booking_id": ID,
        "sequence": 0,
        "start_min": to_min_floor(START),
        "end_min": to_min_floor(START) + 30,
        "summary": "Consultation: Dr. Klein",
        "organizer": Person("Dr. Klein", "klein@example.com"),
        "attendees": [Person("Ana Lima", "ana@example.com")],
        "description": "Reschedule or cancel: https://book.example/b/abc",
        "location": "Hauptstraße 1; 2. OG, Köln",
        "url": "https://book.example/b/abc",
        **fields,
    }
    return Invite(**values)


def event(text: str) -> Any:
    return Calendar.from_ical(text).walk("VEVENT")[0]


def test_request_has_stable_uid_utc_times_and_people() -> None:
    text = invite(facts(), method="REQUEST", now=NOW)
    seen = event(text)
    assert Calendar.from_ical(text)["METHOD"] == "REQUEST"
    assert (seen["UID"], seen["SEQUENCE"], seen["STATUS"]) == (f"{ID}@admitone", 0, "CONFIRMED")
    assert "DTSTART:20261106T130000Z\r\nDTEND:20261106T133000Z\r\nDTSTAMP:20261102T090000Z" in text
    assert (seen["ORGANIZER"], seen["ORGANIZER"].params["CN"]) == ("mailto:klein@example.com", "Dr. Klein")
    assert (seen["ATTENDEE"], seen["ATTENDEE"].params["RSVP"]) == ("mailto:ana@example.com", "TRUE")
    assert (str(seen["LOCATION"]), seen["URL"]) == ("Hauptstraße 1; 2. OG, Köln", "https://book.example/b/abc")
    assert "VTIMEZONE" not in text


def test_cancel_keeps_the_uid_and_raises_the_sequence() -> None:
    text = invite(facts(sequence=2), method="CANCEL", now=NOW)
    seen = event(text)
    assert (seen["UID"], seen["SEQUENCE"], seen["STATUS"]) == (uid(ID), 2, "CANCELLED")
    assert Calendar.from_ical(text)["METHOD"] == "CANCEL"


def test_publish_for_download_names_no_attendee() -> None:
    assert event(invite(facts(), method="PUBLISH", now=NOW)).get("ATTENDEE") is None


def test_people_without_address_are_left_out() -> None:
    seen = event(invite(facts(organizer=Person("X", ""), attendees=[Person("Y", "")]), method="REQUEST", now=NOW))
    assert (seen.get("ORGANIZER"), seen.get("ATTENDEE")) == (None, None)


def test_international_domains_are_written_in_ascii() -> None:
    seen = event(invite(facts(attendees=[Person("Ü", "ana@müller.example")]), method="REQUEST", now=NOW))
    assert seen["ATTENDEE"] == "mailto:ana@xn--mller-kva.example"


def test_lines_are_folded_at_75_octets_and_end_with_crlf() -> None:
    text = invite(facts(summary="Ü" * 300), method="REQUEST", now=NOW)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
@pytest.mark.parametrize(
    "evil", ["x\r\nATTENDEE:mailto:evil@example.com", "x\nEND:VEVENT\nBEGIN:VEVENT", 'a";X=1:b', "\x00\x07x", "\u2028x"]
)
def test_typed_text_adds_no_property(method: Method, evil: str) -> None:
    harmless = event(invite(facts(), method=method, now=NOW))
    text = invite(
        facts(summary=evil, description=evil, location=evil, attendees=[Person(evil, "ana@example.com")]),
        method=method,
        now=NOW,
    )
    assert len(Calendar.from_ical(text).walk("VEVENT")) == 1
    assert sorted(event(text).keys()) == sorted(harmless.keys())


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_survives_the_round_trip(text: str, name: str) -> None:
    visible = "".join(
        c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or (c >= " " and c != "\x7f")
    )
    made = invite(facts(description=text, attendees=[Person(name, "ana@example.com")]), method="REQUEST", now=NOW)
    assert str(event(made).get("DESCRIPTION", "")) == visible


def test_add_to_google_carries_time_place_and_text() -> None:
    query = parse_qs(urlsplit(add_to_google(facts())).query)
    assert query["dates"] == ["20261106T130000Z/20261106T133000Z"]
    assert (query["text"], query["location"]) == (["Consultation: Dr. Klein"], ["Hauptstraße 1; 2. OG, Köln"])


def test_add_to_outlook_carries_time_and_subject() -> None:
    query = parse_qs(urlsplit(add_to_outlook(facts())).query)
    assert (query["startdt"], query["enddt"]) == (["2026-11-06T13:00:00Z"], ["2026-11-06T13:30:00Z"])
    assert query["subject"] == ["Consultation: Dr. Klein"]

"""Microsoft Graph against a stand-in that speaks its wire format and gives a new refresh token with every access token."""

from __future__ import annotations

import pytest
from tests.integrations.test_caldav import BOOKING, at, entry, wanted
from tests.microsoft_calendar import MicrosoftCalendar
from tests.oauth_server import Refusal

from admitone.calendars.busy import Fetched
from admitone.integrations.microsoft import BOOKING as PROPERTY
from admitone.integrations.microsoft import Microsoft
from admitone.integrations.remote import Known, Login, RemoteError
from admitone.logic import ics

SERVER, MINE = Microsoft(), "AAMk=1"


def login(microsoft: MicrosoftCalendar) -> Login:
    return Login(microsoft.tokens())


def read(microsoft: MicrosoftCalendar, calendar: str = MINE) -> Fetched:
    return SERVER.busy(login(microsoft), calendar, wanted())


def test_calendars_come_with_what_may_be_done_in_them(microsoft: MicrosoftCalendar) -> None:
    found = [(one.id, one.name, one.writable) for one in SERVER.calendars(login(microsoft))]
    assert found == [(MINE, "Calendar", True), ("AAMk=2", "Birthdays", False)]
    assert SERVER.who(login(microsoft)) == "ada@outlook.example"


def test_events_of_every_sort_block_what_they_cover(microsoft: MicrosoftCalendar) -> None:
    microsoft.page = 2
    microsoft.put("plain", "2026-11-02T09:00:00.0000000", "2026-11-02T10:00:30.0000000")
    microsoft.put("allday", "2026-11-07T00:00:00.0000000", "2026-11-08T00:00:00.0000000", isAllDay=True)
    microsoft.put("free", "2026-11-04T09:00:00", "2026-11-04T10:00:00", showAs="free")
    microsoft.put("home", "2026-11-04T09:00:00", "2026-11-04T10:00:00", showAs="workingElsewhere")
    microsoft.put("gone", "2026-11-04T09:00:00", "2026-11-04T10:00:00", isCancelled=True)
    microsoft.put("no", "2026-11-04T09:00:00", "2026-11-04T10:00:00", responseStatus={"response": "declined"})
    own = [{"id": PROPERTY, "value": str(BOOKING)}]
    microsoft.put("ours", "2026-11-03T10:00:00", "2026-11-03T10:30:00", singleValueExtendedProperties=own)
    microsoft.put("mailed", "2026-11-05T10:00:00", "2026-11-05T10:30:00", iCalUId=ics.uid(BOOKING))
    found = read(microsoft)
    assert found.spans == [(at(2, 9), at(2, 10, 1)), (at(6, 23), at(7, 23))]
    assert found.ours == {BOOKING: [(at(3, 10), at(3, 10, 30)), (at(5, 10), at(5, 10, 30))]}


def test_a_next_page_elsewhere_is_not_followed(microsoft: MicrosoftCalendar) -> None:
    microsoft.refusals.append(Refusal("GET", 200, {"value": [], "@odata.nextLink": "http://127.0.0.1:9/steal"}))
    with pytest.raises(RemoteError):
        read(microsoft)


def test_a_calendar_that_is_gone_is_said_to_be(microsoft: MicrosoftCalendar) -> None:
    with pytest.raises(RemoteError) as refused:
        read(microsoft, "nothing")
    assert refused.value.why == "gone"


def test_a_renewed_sign_in_brings_another_refresh_token(microsoft: MicrosoftCalendar) -> None:
    used = login(microsoft)
    before = used.secrets["refresh"]
    microsoft.expire()
    assert SERVER.busy(used, MINE, wanted()).spans == []
    assert used.renewed and used.renewed["refresh"] != before


def test_throttling_says_when_to_come_back(microsoft: MicrosoftCalendar) -> None:
    microsoft.refusals.append(Refusal("GET", 429, {"error": {"code": "TooManyRequests"}}, {"Retry-After": "12"}))
    with pytest.raises(RemoteError) as refused:
        read(microsoft)
    assert (refused.value.why, refused.value.after) == ("transient", 12.0)


def test_an_entry_is_written_changed_and_removed(microsoft: MicrosoftCalendar) -> None:
    first = SERVER.put(login(microsoft), MINE, entry(tentative=True), Known())
    event = microsoft.events[first.id]
    assert (event["showAs"], event["start"]["dateTime"], "attendees" in event) == (
        "tentative",
        "2026-11-03T10:00:00",
        False,
    )
    second = SERVER.put(login(microsoft), MINE, entry(sequence=1, start_min=at(4, 9), end_min=at(4, 10)), first)
    assert (second.id, microsoft.events[first.id]["start"]["dateTime"]) == (first.id, "2026-11-04T09:00:00")
    for _ in range(2):
        SERVER.remove(login(microsoft), MINE, BOOKING, second)
    assert microsoft.events == {}


def test_writing_twice_without_knowing_makes_one_entry(microsoft: MicrosoftCalendar) -> None:
    for sequence in (0, 1):
        SERVER.put(login(microsoft), MINE, entry(sequence=sequence), Known())
    assert len(microsoft.events) == 1


def test_an_entry_that_cannot_be_found_yet_is_not_made_twice(microsoft: MicrosoftCalendar) -> None:
    SERVER.put(login(microsoft), MINE, entry(), Known())
    microsoft.refusals.append(Refusal("GET", 200, {"value": []}))
    SERVER.put(login(microsoft), MINE, entry(), Known())
    assert len(microsoft.events) == 1


def test_an_entry_that_its_user_deleted_is_written_anew(microsoft: MicrosoftCalendar) -> None:
    known = SERVER.put(login(microsoft), MINE, entry(), Known())
    microsoft.events.clear()
    SERVER.put(login(microsoft), MINE, entry(sequence=1), known)
    assert len(microsoft.events) == 1

"""Google Calendar against a stand-in that speaks its wire format."""

from __future__ import annotations

import pytest
from tests.google_calendar import GoogleCalendar
from tests.integrations.test_caldav import BOOKING, at, entry, wanted
from tests.oauth_server import Refusal

from admitone.calendars.busy import Fetched
from admitone.integrations import oauth
from admitone.integrations.google import Google, event_id
from admitone.integrations.remote import Known, Login, RemoteError

SERVER, MINE = Google(), "ada@gmail.example"


def login(google: GoogleCalendar) -> Login:
    return Login(google.tokens())


def read(google: GoogleCalendar, etag: str = "", calendar: str = MINE) -> Fetched:
    return SERVER.busy(login(google), calendar, wanted(etag))


def test_calendars_come_with_what_may_be_done_in_them(google: GoogleCalendar) -> None:
    found = [(one.id, one.name, one.writable) for one in SERVER.calendars(login(google))]
    assert (found, SERVER.who(login(google))) == ([(MINE, MINE.title(), True), ("Team", "Team", False)], MINE)


def test_events_of_every_sort_block_what_they_cover(google: GoogleCalendar) -> None:
    google.page = 2
    google.put("plain", "2026-11-02T10:00:00+01:00", "2026-11-02T11:00:30+01:00")
    google.put("allday", "2026-11-07", "2026-11-08")
    google.put("free", "2026-11-04T10:00:00Z", "2026-11-04T11:00:00Z", transparency="transparent")
    google.put("gone", "2026-11-04T10:00:00Z", "2026-11-04T11:00:00Z", status="cancelled")
    google.put("desk", "2026-11-04", "2026-11-05", eventType="workingLocation")
    declined = [{"self": True, "responseStatus": "declined"}]
    google.put("no", "2026-11-04T10:00:00Z", "2026-11-04T11:00:00Z", attendees=declined)
    own = {"private": {"admitone_booking": str(BOOKING)}}
    google.put("ours", "2026-11-03T10:00:00Z", "2026-11-03T10:30:00Z", extendedProperties=own)
    found = read(google)
    assert found.spans == [(at(2, 9), at(2, 10, 1)), (at(6, 23), at(7, 23))]
    assert found.ours == {BOOKING: [(at(3, 10), at(3, 10, 30))]}


def test_an_unchanged_calendar_is_not_sent_again(google: GoogleCalendar) -> None:
    google.put("one", "2026-11-02T10:00:00Z", "2026-11-02T11:00:00Z")
    first = read(google)
    assert read(google, first.etag).spans is None
    google.put("two", "2026-11-03T10:00:00Z", "2026-11-03T11:00:00Z")
    assert len(read(google, first.etag).spans or []) == 2


def test_a_calendar_that_hides_its_events_is_read_by_free_and_busy(google: GoogleCalendar) -> None:
    google.put("one", "2026-11-02T10:00:00Z", "2026-11-02T11:00:00Z", calendar="Team")
    assert read(google, calendar="Team").spans == [(at(2, 10), at(2, 11))]


def test_a_calendar_that_is_gone_is_said_to_be(google: GoogleCalendar) -> None:
    with pytest.raises(RemoteError) as refused:
        read(google, calendar="nothing")
    assert refused.value.why == "gone"


def test_an_access_token_that_has_run_out_is_renewed(google: GoogleCalendar) -> None:
    used = login(google)
    google.expire()
    assert SERVER.busy(used, MINE, wanted()).spans == []
    assert used.renewed and used.renewed["refresh"] == used.secrets["refresh"]


def test_a_sign_in_that_was_withdrawn_asks_for_another(google: GoogleCalendar) -> None:
    used = login(google)
    google.expire()
    google.withdrawn = True
    with pytest.raises(RemoteError) as refused:
        SERVER.busy(used, MINE, wanted())
    assert (refused.value.why, str(refused.value)) == ("login", oauth.WITHDRAWN)


RATE = {"error": {"code": 403, "message": "Rate Limit Exceeded", "errors": [{"reason": "rateLimitExceeded"}]}}


@pytest.mark.parametrize(
    ("refusal", "why", "after"),
    [
        (Refusal("GET", 429, {}, {"Retry-After": "30"}), "transient", 30.0),
        (Refusal("GET", 403, RATE), "transient", None),
        (Refusal("GET", 500), "transient", None),
        (Refusal("GET", 503, {}, {"Retry-After": "Fri, 01 Jan 2027 00:00:00 GMT"}), "transient", None),
    ],
)
def test_busy_servers_are_asked_later(google: GoogleCalendar, refusal: Refusal, why: str, after: float | None) -> None:
    google.refusals.append(refusal)
    with pytest.raises(RemoteError) as refused:
        read(google)
    assert (refused.value.why, refused.value.after) == (why, after)


def test_an_entry_is_written_changed_and_removed(google: GoogleCalendar) -> None:
    first = SERVER.put(login(google), MINE, entry(tentative=True), Known())
    event = google.events[MINE, first.id]
    assert (first.id, event["status"], "attendees" in event) == (event_id(BOOKING), "tentative", False)
    second = SERVER.put(login(google), MINE, entry(sequence=1, start_min=at(4, 9), end_min=at(4, 10)), first)
    assert google.events[MINE, second.id]["start"] == {"dateTime": "2026-11-04T09:00:00Z"}
    for _ in range(2):
        SERVER.remove(login(google), MINE, BOOKING, second)
    assert google.events[MINE, second.id]["status"] == "cancelled"


def test_writing_twice_without_knowing_makes_one_entry(google: GoogleCalendar) -> None:
    for _ in range(2):
        SERVER.put(login(google), MINE, entry(), Known())
    assert len(google.events) == 1


def test_a_late_write_of_an_earlier_state_changes_nothing(google: GoogleCalendar) -> None:
    SERVER.put(login(google), MINE, entry(sequence=3, start_min=at(5, 9), end_min=at(5, 10)), Known())
    SERVER.put(login(google), MINE, entry(sequence=2), Known())
    assert google.events[MINE, event_id(BOOKING)]["start"] == {"dateTime": "2026-11-05T09:00:00Z"}


def test_an_entry_that_its_user_changed_or_deleted_is_written_anew(google: GoogleCalendar) -> None:
    known = SERVER.put(login(google), MINE, entry(), Known())
    google._store(MINE, known.id, {**google.events[MINE, known.id], "summary": "Mine", "colorId": "7"})
    known = SERVER.put(login(google), MINE, entry(sequence=1), known)
    event = google.events[MINE, known.id]
    assert (event["summary"], event["colorId"]) == ("Ana: Consultation", "7")
    SERVER.remove(login(google), MINE, BOOKING, known)
    SERVER.put(login(google), MINE, entry(sequence=2), known)
    assert google.events[MINE, known.id]["status"] == "confirmed"


def test_writing_into_a_calendar_that_is_gone_is_said(google: GoogleCalendar) -> None:
    with pytest.raises(RemoteError) as refused:
        SERVER.put(login(google), "nothing", entry(), Known())
    assert refused.value.why == "gone"

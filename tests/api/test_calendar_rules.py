"""Rules of a calendar by API: set, cleared with null, and held when times are listed and booked; hosts and their hours."""

from __future__ import annotations

from typing import Any

from tests import factories
from tests.api.conftest import ADA, TEN, Api, code

from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.calendars.services import create_schedule
from admitone.events import SYSTEM

DAY = "?from=2026-11-03&to=2026-11-03"
LIMITS = {
    "per_day_limit": 3,
    "per_week_limit": 9,
    "per_month_limit": 20,
    "per_contact_limit": 2,
    "cutoff_days": 1,
}


def slots(api: Api, calendar: Calendar, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/calendars/{calendar.id}/slots{DAY}{query}").json()["slots"]
    return found


def change(api: Api, calendar: Calendar, **body: Any) -> dict[str, Any]:
    answer = api.patch(f"/calendars/{calendar.id}", body)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def wrong(api: Api, path: str, body: dict[str, Any]) -> list[str]:
    answer = api.post(path, body) if path == "/bookings" else api.patch(path, body)
    assert code(answer) == (422, "invalid"), answer.content
    return sorted(answer.json()["errors"])


def test_null_clears_limits_and_leaving_out_keeps_them(api, calendar) -> None:
    shown = change(api, calendar, **LIMITS)
    assert {name: shown[name] for name in LIMITS} == LIMITS
    shown = change(api, calendar, per_day_limit=None, cutoff_days=None)
    assert {name: shown[name] for name in LIMITS} == {**LIMITS, "per_day_limit": None, "cutoff_days": None}


def test_null_is_no_value_for_what_has_to_be_there(api, calendar) -> None:
    shown = change(api, calendar, duration=None, name=None, approval=None)
    assert (shown["duration"], shown["name"], shown["approval"]) == (30, calendar.name, False)


def test_fixed_range_is_set_needs_its_dates_and_goes_again(api, calendar) -> None:
    path = f"/calendars/{calendar.id}"
    assert wrong(api, path, {"range_kind": "fixed"}) == ["range_first"]
    dates = {"range_first": "2026-11-03", "range_last": "2026-11-03"}
    assert change(api, calendar, range_kind="fixed", **dates)["range_last"] == "2026-11-03"
    found = api.get(f"{path}/slots?from=2026-11-03&to=2026-11-06").json()["slots"]
    assert {one["start"][:10] for one in found} == {"2026-11-03"}
    assert wrong(api, path, {"range_last": None}) == ["range_first"]
    shown = change(api, calendar, range_kind="unlimited", range_first=None, range_last=None, range_days=None)
    assert (shown["range_first"], shown["range_days"]) == (None, None)
    assert wrong(api, path, {"range_kind": "rolling"}) == ["range_days"]


def test_length_is_chosen_in_slots_and_bookings(api, calendar) -> None:
    change(api, calendar, durations=[60, 15])
    assert slots(api, calendar, "&duration=60")[-1]["end"] == "2026-11-03T16:00:00Z"
    assert slots(api, calendar)[0]["end"] == "2026-11-03T08:30:00Z"
    made = api.post("/bookings", ADA | {"calendar": str(calendar.id), "duration": 60}).json()
    assert (made["start"], made["end"]) == (TEN, "2026-11-03T10:00:00Z")
    assert wrong(api, "/bookings", ADA | {"calendar": str(calendar.id), "duration": 45}) == ["duration"]
    answer = api.get(f"/calendars/{calendar.id}/slots?duration=45")
    assert (code(answer), list(answer.json()["errors"])) == ((422, "invalid"), ["duration"])


def test_party_is_booked_and_shown_with_its_people(api, account) -> None:
    yoga = factories.calendar(account, kind="class", capacity=3, max_party=2)
    body = ADA | {"calendar": str(yoga.id), "party": 2, "guests": [{"name": "Ben", "email": "ben@example.com"}]}
    made = api.post("/bookings", body).json()
    assert (made["seats"], made["guests"]) == (2, body["guests"])
    found = {one["start"]: one["seats"] for one in slots(api, yoga)}
    assert found[TEN] == 1
    assert TEN not in {one["start"] for one in slots(api, yoga, "&party=2")}
    assert code(api.get(f"/calendars/{yoga.id}/slots?party=3")) == (422, "invalid")
    other = body | {"email": "eve@example.com"}
    assert code(api.post("/bookings", other)) == (409, "slot_taken")
    assert wrong(api, "/bookings", other | {"party": 1}) == ["guests"]
    assert wrong(api, "/bookings", other | {"party": 3}) == ["party"]
    assert wrong(api, "/bookings", other | {"guests": [{"email": "nobody"}]}) == ["guests"]


def test_guest_with_all_they_may_have_gets_a_code_of_its_own(api, calendar) -> None:
    change(api, calendar, per_contact_limit=1)
    body = ADA | {"calendar": str(calendar.id)}
    assert api.post("/bookings", body).status_code == 201
    assert code(api.post("/bookings", body | {"start": "2026-11-03T12:00:00Z"})) == (409, "contact_limit")
    assert Booking.objects.count() == 1


def test_rules_that_the_type_cannot_have_are_refused_also_with_the_type(api, calendar) -> None:
    path = f"/calendars/{calendar.id}"
    assert wrong(api, path, {"kind": "class", "durations": [15]}) == ["durations"]
    assert wrong(api, path, {"max_party": 2}) == ["max_party"]
    assert wrong(api, path, {"per_host_day_limit": 2}) == ["per_host_day_limit"]
    assert wrong(api, path, {"kind": "event", "waitlist": True}) == ["waitlist"]
    calendar.refresh_from_db()
    assert calendar.kind == "personal"
    shown = change(api, calendar, kind="class", max_party=2, waitlist=True)
    assert (shown["kind"], shown["max_party"], shown["waitlist"]) == ("class", 2, True)
    shown = change(api, calendar, kind="round_robin", per_host_day_limit=4, durations=[15])
    assert (shown["per_host_day_limit"], shown["durations"]) == (4, [15])


def test_host_that_has_enough_of_the_day_is_named_by_why(api, account, calendar) -> None:
    change(api, calendar, kind="round_robin", per_host_day_limit=1)
    api.post("/bookings", ADA | {"calendar": str(calendar.id)})
    answer = api.get(f"/calendars/{calendar.id}/slots/why?at=2026-11-03T12:00:00Z").json()
    host = str(calendar.calendar_hosts.get().host_id)
    assert [(one["code"], one["detail"], one["host"]) for one in answer["reasons"]] == [("HOSTLIMIT", "1/1", host)]
    assert slots(api, calendar) == []


def test_hosts_are_listed_with_their_calendars(api, account, calendar) -> None:
    host = calendar.calendar_hosts.get().host
    factories.calendar(factories.account(agency=account.agency), host=host)  # another sub-account's own business
    shown = api.get("/hosts").json()["items"]
    assert shown == [
        {"id": str(host.id), "name": host.name, "email": host.email, "video_url": "", "calendars": [str(calendar.id)]}
    ]


def test_hosts_own_hours_are_set_kept_and_cleared(api, account, calendar) -> None:
    host = str(calendar.calendar_hosts.get().host_id)
    hours = create_schedule(account=account, actor=SYSTEM, now=factories.NOW, name="Mornings", week={1: [(540, 720)]})
    team = [{"host": host, "schedule": str(hours.id)}]
    assert change(api, calendar, kind="round_robin", hosts=team)["hosts"][0]["schedule"] == str(hours.id)
    assert slots(api, calendar)[-1]["end"] == "2026-11-03T11:00:00Z"
    assert change(api, calendar, hosts=[{"host": host, "weight": 2}])["hosts"][0]["schedule"] == str(hours.id)
    assert change(api, calendar, hosts=[{"host": host, "schedule": None}])["hosts"][0]["schedule"] is None
    other = factories.calendar(factories.account()).schedule_id
    for unknown in (str(other), "nothing"):
        answer = api.patch(f"/calendars/{calendar.id}", {"hosts": [{"host": host, "schedule": unknown}]})
        assert code(answer) == (404, "not_found")


def test_public_holiday_opens_and_closes(api, calendar) -> None:
    path = f"/schedules/{calendar.schedule_id}"
    api.patch(path, {"holiday_country": "DE", "holiday_subdivision": "BY"})
    day = f"{path}/holidays/2026-12-25"
    shown = api.send("PUT", day, {"open": True}).json()
    assert [one["open"] for one in shown["holidays"] if one["date"] == "2026-12-25"] == [True]
    christmas = f"/calendars/{calendar.id}/slots?from=2026-12-25&to=2026-12-25"
    assert len(api.get(christmas).json()["slots"]) == 16
    api.send("PUT", day, {"open": False})
    assert api.get(christmas).json()["slots"] == []
    for bad in ("2026-12-01", "soon"):
        assert code(api.send("PUT", f"{path}/holidays/{bad}", {"open": True})) == (404, "not_found")

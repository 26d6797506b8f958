"""A team by the API alone: hosts, their hours, a calendar of every type, a booking by one-time link, and all of it gone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests import factories
from tests.api.conftest import ADA, ELEVEN, TEN, Api, code
from tests.contract.world import waiting_of

from admitone.accounts.models import Membership
from admitone.calendars.models import Host
from admitone.calendars.services import ensure_host_for_user
from admitone.events import Event

KINDS = ("round_robin", "collective", "class", "event")


def made(answer, status=201):
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


@pytest.fixture
def team(api):
    """Two hosts with hours of their own, as a calendar names them."""
    weekdays = [{"weekday": day, "start": "9", "end": "17"} for day in range(5)]
    hosts = []
    for name in ("Ada Klein", "Ben Groß"):
        hours = made(api.post("/schedules", {"name": name, "timezone": "Europe/Berlin", "hours": weekdays}))
        host = made(api.post("/hosts", {"name": name, "video_url": "https://meet.example.org/room"}))
        hosts.append({"host": host["id"], "schedule": hours["id"]})
    return hosts


def calendar_of(api, kind, team, **more):
    hosts = team if kind in ("round_robin", "collective") else team[:1]
    seats = {"capacity": 5} if kind in ("class", "event") else {}
    body = {
        "name": kind.replace("_", " "),
        "kind": kind,
        "duration": 30,
        "hosts": hosts,
        "schedule": team[0]["schedule"],
    }
    return made(api.post("/calendars", body | seats | more))["id"]


def booked(api, guest, calendar, **more):
    link = made(api.post("/one-time-links", {"calendar": calendar, **more}))
    token = link["url"].rsplit("/", 1)[1]
    start = guest.get(f"/public/links/{token}/slots").json()["slots"][0]["start"]
    made(guest.post(f"/public/links/{token}/bookings", ADA | {"start": start}))
    return made(api.get(f"/one-time-links/{link['id']}"), 200)


def test_team_with_every_type_of_calendar_is_made_booked_and_deleted_by_api_alone(api, guest, team):
    calendars = [calendar_of(api, kind, team) for kind in KINDS]
    assert [made(api.get(f"/calendars/{key}"), 200)["kind"] for key in calendars] == list(KINDS)
    for key in calendars:
        link = booked(api, guest, key)
        assert link["status"] == "used"
        for booking in link["booking_ids"]:
            made(api.post(f"/bookings/{booking}/cancellation"))
        made(api.delete(f"/calendars/{key}"), 204)
        assert code(api.get(f"/calendars/{key}")) == (404, "not_found")
    for one in team:
        made(api.delete(f"/hosts/{one['host']}"), 204)
    assert api.get("/hosts").json()["items"] == []
    assert api.get("/calendars").json()["items"] == []


def test_new_host_is_listed_and_changed_and_has_a_history(api, team):
    key = team[0]["host"]
    listed = {host["id"]: host["name"] for host in api.get("/hosts").json()["items"]}
    assert listed == {team[0]["host"]: "Ada Klein", team[1]["host"]: "Ben Groß"}
    assert made(api.get(f"/hosts/{key}"), 200)["video_url"] == "https://meet.example.org/room"
    changed = made(api.patch(f"/hosts/{key}", {"name": "Ada Groß", "email": "ada@example.com"}), 200)
    assert (changed["name"], changed["email"]) == ("Ada Groß", "ada@example.com")
    kinds = Event.objects.filter(subject_id=key).order_by("subject_seq").values_list("kind", flat=True)
    assert list(kinds) == ["host.created", "calendar.changed", "calendar.changed"]


def test_new_host_of_another_sub_account_of_the_agency_is_not_bookable(api, account, team):
    sibling = factories.account(agency=account.agency)
    other = Api(factories.api_key(sibling)[1])
    assert other.get("/hosts").json()["items"] == []
    body = {"name": "Mine", "kind": "round_robin", "duration": 30, "hosts": [{"host": team[0]["host"]}]}
    assert code(other.post("/calendars", body)) == (404, "not_found")
    assert code(other.delete(f"/hosts/{team[0]['host']}")) == (404, "not_found")


def test_bad_host_is_refused_by_field(api):
    assert api.post("/hosts", {"name": " "}).json()["errors"].keys() == {"name"}
    assert api.post("/hosts", {"name": "Ada", "video_url": "http://x"}).json()["errors"].keys() == {"video_url"}
    assert Host.objects.count() == 0


def test_host_in_a_calendar_or_with_appointments_ahead_stays(api, guest, team):
    key = team[0]["host"]
    calendar = calendar_of(api, "class", team)
    assert code(api.delete(f"/hosts/{key}")) == (409, "host_in_use")
    booking = booked(api, guest, calendar)["booking_ids"][0]
    made(api.delete(f"/calendars/{calendar}"), 204)
    assert code(api.delete(f"/hosts/{key}")) == (409, "host_in_use")
    made(api.post(f"/bookings/{booking}/cancellation"))
    made(api.delete(f"/hosts/{key}"), 204)
    made(api.delete(f"/hosts/{key}"), 204)
    assert code(api.get(f"/hosts/{key}")) == (404, "not_found")


def test_deleted_host_comes_back_alone_or_with_the_calendar(api, team):
    key = team[0]["host"]
    made(api.delete(f"/hosts/{key}"), 204)
    assert made(api.post(f"/hosts/{key}/restoration"))["name"] == "Ada Klein"
    calendar = calendar_of(api, "event", team)
    made(api.delete(f"/calendars/{calendar}"), 204)
    made(api.delete(f"/hosts/{key}"), 204)
    assert [one["id"] for one in made(api.post(f"/calendars/{calendar}/restoration"))["hosts"]] == [key]
    assert made(api.get(f"/hosts/{key}"), 200)["calendars"] == [calendar]
    assert made(api.post(f"/calendars/{calendar}/restoration"))["id"] == calendar


def test_member_is_no_host_to_delete(api, account):
    owner = Membership.objects.get(account=account, user=factories.owner(account)).user
    host = ensure_host_for_user(account=account, user=owner, now=factories.NOW)
    assert code(api.delete(f"/hosts/{host.id}")) == (404, "not_found")


def test_what_was_never_there_is_not_restored(api):
    for area in ("hosts", "calendars", "calendar-groups"):
        assert code(api.post(f"/{area}/{uuid4()}/restoration")) == (404, "not_found")
        assert code(api.post(f"/{area}/nobody/restoration")) == (404, "not_found")


def test_deleted_group_and_notification_come_back(api, calendar):
    group = made(api.post("/calendar-groups", {"name": "Both", "calendars": ["first"]}))
    made(api.delete(f"/calendar-groups/{group['id']}"), 204)
    assert made(api.post(f"/calendar-groups/{group['id']}/restoration"))["calendars"] == [str(calendar.id)]
    path = "/calendars/first/notifications"
    notice = made(api.post(path, {"occasion": "reminder", "offset_minutes": 120}))
    made(api.delete(f"{path}/{notice['id']}"), 204)
    assert made(api.post(f"{path}/{notice['id']}/restoration"))["enabled"] is True
    assert notice["id"] in [one["id"] for one in api.get(path).json()["items"]]


def test_copied_schedule_has_the_hours_and_serves_nobody(api, calendar):
    old = made(api.get(f"/schedules/{calendar.schedule_id}"), 200)
    new = made(api.post(f"/schedules/{calendar.schedule_id}/copies", {"name": "Summer"}))
    assert (new["name"], new["hours"], new["calendars"]) == ("Summer", old["hours"], [])


def test_appointment_of_a_deleted_calendar_says_why_it_cannot_move(api, calendar):
    booking = factories.booking(calendar)
    made(api.delete("/calendars/first"), 204)
    assert code(api.post(f"/bookings/{booking.id}/reschedule", {"start": ELEVEN})) == (409, "calendar_deleted")


def test_link_names_every_date_of_its_series(api, guest, calendar):
    made(api.patch("/calendars/first", {"series_max": 3}), 200)
    link = made(api.post("/one-time-links", {"calendar": "first", "series": 3}))
    token = link["url"].rsplit("/", 1)[1]
    made(guest.post(f"/public/links/{token}/bookings", ADA | {"repeat": {"every": "week", "count": 3}}))
    ids = made(api.get(f"/one-time-links/{link['id']}"), 200)["booking_ids"]
    starts = [made(api.get(f"/bookings/{key}"), 200)["start"] for key in ids]
    assert starts == [TEN, "2026-11-10T09:00:00Z", "2026-11-17T09:00:00Z"]


def test_longer_series_by_hand_names_the_limit(api, calendar):
    made(api.patch("/calendars/first", {"series_max": 3}), 200)
    body = ADA | {"calendar": "first", "repeat": {"every": "week", "count": 4}}
    assert api.post("/bookings", body).json()["errors"] == {"repeat": "Appointments repeat 3 times at most here."}


def test_waiting_list_is_paged_in_the_order_of_the_line(api, calendar):
    entries = [waiting_of(calendar, factories.contact(calendar.account)) for _ in range(4)]
    last, *line = entries
    last.start_min += 60
    last.end_min += 60
    last.save()
    late = line[0]
    late.created_at += timedelta(minutes=1)
    late.save()
    wanted = [*sorted(str(one.id) for one in line[1:]), str(late.id), str(last.id)]
    found, cursor = [], ""
    for _ in wanted:
        page = made(api.get(f"/calendars/first/waitlist?limit=1{cursor}"), 200)
        found += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (found, page["next_cursor"]) == (wanted, None)
    assert code(api.get("/calendars/first/waitlist?cursor=x")) == (422, "invalid")


def test_guest_who_did_not_come_is_marked_and_unmarked(api, calendar, freeze):
    booking = factories.booking(calendar)
    path = f"/bookings/{booking.id}/no-show"
    assert code(api.post(path)) == (409, "booking_not_active")
    booking.start_min -= 60 * 24 * 60
    booking.end_min -= 60 * 24 * 60
    booking.save()
    assert made(api.post(path))["status"] == "no_show"
    assert made(api.delete(path), 200)["status"] == "confirmed"


def test_feed_of_a_host_is_read_and_forgotten(account, team):
    admin = Api(factories.api_key(account, ["admin"])[1])
    body = {"host": team[0]["host"], "url": "https://example.com/ada.ics", "name": "Private"}
    feed = made(admin.post("/busy-sources", body))
    assert (feed["kind"], feed["state"], feed["host"]) == ("ics", "unread", team[0]["host"])
    assert admin.post("/busy-sources", body | {"url": "nothing"}).json()["errors"].keys() == {"url"}
    assert code(admin.post("/busy-sources", body | {"host": str(uuid4())})) == (404, "not_found")
    made(admin.delete(f"/busy-sources/{feed['id']}"), 204)
    assert admin.get("/busy-sources").json()["items"] == []


def test_feed_needs_the_scope_admin(api, team):
    body = {"host": team[0]["host"], "url": "https://example.com/ada.ics"}
    assert code(api.post("/busy-sources", body)) == (403, "forbidden")

"""Calendars by API: made and changed with any type and team; open times that say what is left, and who."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from tests import factories
from tests.api.conftest import Api

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import BusySource, Calendar, Host, Schedule
from admitone.links.models import OneTimeLink

pytestmark = pytest.mark.django_db

START = "2026-11-03T09:00:00Z"
WINDOW = "?from=2026-11-03T09:00:00Z&to=2026-11-03T09:30:00Z"


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def owner(account: Account) -> Any:
    return factories.owner(account, name="Olga Owner")


@pytest.fixture
def hosts(account: Account) -> list[Host]:
    return [factories.calendar(account).calendar_hosts.get().host for _ in range(2)]


@pytest.fixture
def api(account: Account, freeze: Any) -> Api:
    return Api(factories.api_key(account)[1])


def made(api: Api, **body: Any) -> dict[str, Any]:
    answer = api.post("/calendars", {"name": "Yoga", "notice": 0, "timezone": "Europe/Berlin", **body})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def booked(api: Api, calendar: dict[str, Any], **body: Any) -> Any:
    guest = {"name": "Ada", "email": "ada@example.com", "start": START, **body}
    return api.post("/bookings", {"calendar": calendar["id"], **guest})


def test_calendar_with_a_name_only_is_the_owners_own(api, owner) -> None:
    calendar = made(api)
    assert (calendar["kind"], calendar["capacity"], calendar["slug"]) == ("personal", 1, "yoga")
    assert [host["name"] for host in calendar["hosts"]] == ["Olga Owner"]


def test_round_robin_shows_who_is_free_and_who_took_it_and_why(api, owner, hosts) -> None:
    team = [{"host": str(hosts[0].id), "priority": 2}, {"host": str(hosts[1].id), "weight": 3}]
    calendar = made(api, kind="round_robin", hosts=team, guest_picks_host=True)
    assert [(one["id"], one["priority"], one["weight"]) for one in calendar["hosts"]] == [
        (str(hosts[0].id), 2, 1),
        (str(hosts[1].id), 0, 3),
    ]
    path = f"/calendars/{calendar['id']}/slots{WINDOW}"
    assert api.get(path).json()["slots"] == [
        {"start": START, "end": "2026-11-03T09:30:00Z", "hosts": [str(host.id) for host in hosts]}
    ]
    first = booked(api, calendar).json()
    assert (first["host"], first["host_reason"], first["seats"]) == (str(hosts[0].id), "priority", 1)
    assert api.get(path).json()["slots"][0]["hosts"] == [str(hosts[1].id)]
    assert booked(api, calendar, host=str(hosts[0].id)).json()["code"] == "slot_taken"
    assert booked(api, calendar, host="nobody").json()["errors"] == {"host": "This host cannot be chosen."}


def test_collective_booking_names_all_hosts(api, owner, hosts) -> None:
    calendar = made(api, kind="collective", hosts=[{"host": str(host.id)} for host in hosts])
    answer = booked(api, calendar).json()
    assert sorted(host["id"] for host in answer["hosts"]) == sorted(str(host.id) for host in hosts)
    why = api.get(f"/calendars/{calendar['id']}/slots/why?at={START}").json()
    assert sorted((one["code"], one["host"]) for one in why["reasons"]) == sorted(
        ("BOOKED", str(host.id)) for host in hosts
    )


def test_class_counts_its_places(api, owner) -> None:
    calendar = made(api, kind="class", capacity=2)
    path = f"/calendars/{calendar['id']}/slots{WINDOW}"
    assert [api.get(path).json()["slots"], booked(api, calendar).status_code][0][0]["seats"] == 2
    assert api.get(path).json()["slots"][0]["seats"] == 1
    assert booked(api, calendar).status_code == 201
    assert api.get(path).json()["slots"] == []
    why = api.get(f"/calendars/{calendar['id']}/slots/why?at={START}").json()
    assert [(one["code"], one["detail"]) for one in why["reasons"]] == [("SEATS", "2/2")]


def test_link_of_a_class_tells_its_places_too(api, owner, account) -> None:
    calendar = made(api, kind="class", capacity=2)
    token = api.post("/one-time-links", {"calendar": calendar["id"]}).json()["url"].rsplit("/", 1)[-1]
    assert Api().get(f"/public/links/{token}/slots{WINDOW}").json()["slots"][0]["seats"] == 2


def test_link_of_a_round_robin_names_hosts_only_where_guests_choose(api, owner, hosts) -> None:
    team = [{"host": str(host.id)} for host in hosts]
    for picks in (False, True):
        calendar = made(api, kind="round_robin", hosts=team, guest_picks_host=picks)
        token = api.post("/one-time-links", {"calendar": calendar["id"]}).json()["url"].rsplit("/", 1)[-1]
        slot = Api().get(f"/public/links/{token}/slots{WINDOW}").json()["slots"][0]
        shown = Api().get(f"/public/links/{token}").json()
        assert (("hosts" in slot), bool(shown["hosts"]), shown["host"]) == (picks, picks, "")
    guest = {"start": START, "name": "Ada", "email": "ada@example.com", "host": str(hosts[1].id)}
    assert Api().post(f"/public/links/{token}/bookings", guest).status_code == 201
    assert Booking.objects.get().host == hosts[1]


def test_personal_slots_carry_nothing_else(api, owner) -> None:
    calendar = made(api)
    slots = api.get(f"/calendars/{calendar['id']}/slots{WINDOW}").json()["slots"]
    assert slots == [{"start": START, "end": "2026-11-03T09:30:00Z"}]


def test_change_sets_what_is_named_and_keeps_the_rest(api, owner, hosts) -> None:
    calendar = made(api, capacity=None)
    path = f"/calendars/{calendar['slug']}"
    changed = api.patch(path, {"kind": "class", "capacity": 4, "name": "Pilates", "active": False}).json()
    assert (changed["kind"], changed["capacity"], changed["name"], changed["active"]) == ("class", 4, "Pilates", False)
    assert changed["hosts"] == calendar["hosts"]
    back = api.patch(path, {"kind": "personal", "active": True}).json()
    assert (back["capacity"], back["active"]) == (1, True)


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({"kind": "class", "capacity": 0}, 422, {"capacity"}),
        ({"kind": "personal", "capacity": 3}, 422, {"capacity"}),
        ({"guest_picks_host": True}, 422, {"guest_picks_host"}),
        ({"hosts": [{"host": "nobody"}]}, 404, set()),
        ({"kind": "else"}, 422, {"kind"}),
        ({"kind": "class", "duration": 0}, 422, {"duration"}),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(api, owner, body, status, fields) -> None:
    calendar = made(api)
    answer = api.patch(f"/calendars/{calendar['id']}", {"name": "Other", **body})
    assert (answer.status_code, set(answer.json().get("errors", {}))) == (status, fields)
    assert Calendar.objects.get(id=calendar["id"]).name == "Yoga"


def test_stranger_as_a_host_is_not_found(api, owner) -> None:
    stranger = factories.calendar(factories.account()).calendar_hosts.get().host
    answer = api.post("/calendars", {"name": "X", "kind": "round_robin", "hosts": [{"host": str(stranger.id)}]})
    assert (answer.status_code, Calendar.objects.filter(name="X").count()) == (404, 0)


def test_why_is_asked_through_a_link_for_a_length_and_for_a_party(api: Api, account: Account) -> None:
    calendar = factories.calendar(account)
    ten = int(datetime(2026, 11, 3, 10, tzinfo=UTC).timestamp()) // 60
    link = factories.link(calendar, offered=[[ten, ten + 30]])

    def codes(hour: int, **query: Any) -> tuple[int, list[str]]:
        asked = urlencode({"at": f"2026-11-03T{hour:02}:00:00Z", **query})
        answer = api.get(f"/calendars/{calendar.id}/slots/why?{asked}")
        return answer.status_code, [one["code"] for one in answer.json().get("reasons", [])]

    assert codes(9, link=link.id) == (200, ["LINKWINDOW"])
    assert codes(10, link=link.id) == (200, [])
    assert [codes(10, **wrong)[0] for wrong in ({"link": "nonsense"}, {"duration": 7}, {"party": 0})] == [422] * 3
    OneTimeLink.objects.filter(id=link.id).update(uses=1)
    assert codes(10, link=link.id) == (200, ["LINKCLOSED"])


def test_why_says_what_is_blocked_and_what_cannot_be_read(api: Api, account: Account) -> None:
    calendar = factories.calendar(account)
    ten = {"start": "2026-11-03T10:00:00Z", "end": "2026-11-03T10:30:00Z"}
    api.post("/blocked-times", {"calendar": str(calendar.id), **ten})
    host = calendar.calendar_hosts.get().host
    BusySource.objects.create(account=account, host=host, kind="ics", name="Down", created_at=account.created_at)
    found = api.get(f"/calendars/{calendar.id}/slots/why?at=2026-11-03T10:00:00Z").json()["reasons"]
    assert {(one["code"], one["sentence"], str(one["block"])) for one in found} == {
        ("BUSY", "That time is blocked.", str({**ten, "kind": "blocked"})),
        (
            "BUSY",
            "A calendar of the host cannot be read, so nothing is offered.",
            str({**ten, "kind": "unreadable"}),
        ),
    }


def test_refused_calendar_is_not_there_and_one_on_a_schedule_brings_none(
    api: Api, account: Account, owner: Any
) -> None:
    schedule = api.post("/schedules", {"name": "Shared", "timezone": "Asia/Tokyo"}).json()["id"]
    body = {"name": "Yoga", "schedule": schedule}
    for wrong in ({"schedule": "nope"}, {"group": "nope"}, {"form": "nope"}, {"range_kind": "fixed"}):
        assert api.post("/calendars", {**body, **wrong}).status_code in (404, 422)
    assert not Calendar.objects.filter(account=account).exists()
    calendar = api.post("/calendars", {**body, "active": False}).json()
    assert (calendar["schedule"], calendar["timezone"], calendar["active"]) == (schedule, "Asia/Tokyo", False)
    assert Schedule.objects.filter(account=account).count() == 1


def test_refused_change_leaves_schedule_and_group_alone(api: Api, owner: Any) -> None:
    calendar = made(api)
    ties = {
        "schedule": api.post("/schedules", {"name": "Other"}).json()["id"],
        "group": api.post("/calendar-groups", {"name": "Visits", "calendars": []}).json()["id"],
    }
    path = f"/calendars/{calendar['id']}"
    for wrong in ({"range_kind": "fixed"}, {"form": "nope"}, {"slug": "x y"}):
        assert api.patch(path, {**ties, **wrong}).status_code in (404, 422)
    assert api.get(path).json() == calendar
    assert api.patch(path, {**ties, "duration": 45}).json() == {**calendar, **ties, "duration": 45}

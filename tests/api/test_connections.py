"""Connected calendars over the API, against a real Radicale; keys of the scope admin only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import factories
from tests.api.conftest import Api, code
from tests.radicale_server import PASSWORD, USER, Radicale


@pytest.fixture
def radicale() -> Iterator[Radicale]:
    with Radicale() as server:
        server.calendar("Work")
        yield server


@pytest.fixture
def admin(account):
    return Api(factories.api_key(account, ["admin"])[1])


@pytest.fixture
def host(calendar):
    return calendar.calendar_hosts.get().host


@pytest.fixture
def made(admin, host, radicale):
    body = {"host": str(host.id), "url": radicale.url, "user": USER, "password": PASSWORD}
    return admin.post("/connections/caldav", body)


def test_connect_choose_read_and_disconnect(admin, made, host, radicale):
    one = made.json()
    assert (made.status_code, one["kind"], one["login"], one["state"]) == (201, "caldav", USER, "ok")
    assert PASSWORD not in made.content.decode()
    key, path = one["calendars"][0]["id"], f"/connections/{one['id']}"
    chosen = admin.patch(path, {"blocks": [key], "write_to": key}).json()
    assert (chosen["state"], chosen["calendars"][0]["write_to"]) == ("unread", True)
    read = admin.post(f"{path}/readings")
    assert (read.status_code, read.json()["state"]) == (201, "ok")
    assert admin.get("/connections").json() == {"items": [admin.get(path).json()], "next_cursor": None}
    source = admin.get("/busy-sources").json()["items"][0]
    assert (source["kind"], source["name"], source["state"], source["host"]) == ("caldav", "Work", "ok", str(host.id))
    assert admin.patch(path, {"write_to": None}).json()["calendars"][0]["write_to"] is False
    assert admin.delete(f"{path}?remove_entries=true").status_code == 204
    assert code(admin.get(path)) == (404, "not_found")
    assert admin.get("/busy-sources").json()["items"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"password": "wrong"}, "password"), ({"url": "ftp://x"}, "url"), ({"user": "a\u0000b"}, "user")],
)
def test_what_the_server_refuses_is_said_at_its_field(admin, host, radicale, change, field):
    body = {"host": str(host.id), "url": radicale.url, "user": USER, "password": PASSWORD, **change}
    answer = admin.post("/connections/caldav", body)
    assert (code(answer), list(answer.json()["errors"])) == ((422, "invalid"), [field])


def test_unknown_hosts_and_calendars_are_refused(admin, made, radicale):
    body = {"host": "nobody", "url": radicale.url, "user": USER, "password": PASSWORD}
    assert code(admin.post("/connections/caldav", body)) == (404, "not_found")
    foreign = "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"
    path = f"/connections/{made.json()['id']}"
    assert code(admin.patch(path, {"blocks": [foreign]})) == (422, "invalid")
    assert code(admin.patch(path, {"write_to": foreign})) == (422, "invalid")


def test_a_key_for_daily_work_sees_nothing(account, made):
    other = Api(factories.api_key(account, ["read", "write"])[1])
    for answer in (
        other.get("/connections"),
        other.get("/busy-sources"),
        other.delete(f"/connections/{made.json()['id']}"),
    ):
        assert code(answer) == (403, "forbidden")

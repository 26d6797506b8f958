"""The door of the API: who may enter, how often, from which site, in which form; and that reading writes nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.api.conftest import ADA, Api, code, token
from tests.contract.world import world as build_world

from admitone.accounts.models import ApiKey, RateCount
from admitone.api.v1.router import api as routes

SITE = "https://clinic.example"
FRIENDS = "https://friends.example:8443"


@pytest.fixture
def embedded(account):
    return factories.link(factories.calendar(account, embed_origins=[SITE, FRIENDS]))


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Basic abc", "Bearer ao_" + "x" * 43, "Bearer ao_\u00e9", "Bearer " + "a" * 5000],
)
def test_request_without_a_working_key_is_unauthorized(guest, account, header):
    response = guest.get("/account", Authorization=header)
    assert code(response) == (401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_revoked_key_is_unauthorized(account):
    _, secret = factories.api_key(account, revoked_at=factories.NOW)
    assert code(Api(secret).get("/account")) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("scopes", "read", "write"), [(["read"], 200, 403), (["write"], 403, 201), (["admin"], 200, 201)]
)
def test_scopes_part_reading_from_writing(account, calendar, scopes, read, write):
    api = Api(factories.api_key(account, scopes)[1])
    assert api.get("/account").status_code == read
    assert api.post("/one-time-links", {"calendar": "first"}).status_code == write


def test_key_is_noted_on_writes_only(api, calendar):
    api.get("/account")
    assert ApiKey.objects.get().last_used_at is None
    api.post("/one-time-links", {"calendar": "first"})
    assert ApiKey.objects.get().last_used_at == factories.NOW


def test_writes_of_one_key_are_limited_and_say_how_long_to_wait(api, calendar, allow):
    allow(post_limit=2)
    answers = [api.post("/one-time-links", {"calendar": "first"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert (answers[1]["RateLimit-Limit"], answers[1]["RateLimit-Remaining"]) == ("2", "0")
    assert code(answers[2]) == (429, "rate_limited")
    assert int(answers[2]["Retry-After"]) == answers[2].json()["retry_after"] == 60


def test_writes_of_one_address_are_limited_for_guests(guest, link, allow):
    allow(post_limit=1)
    path = f"/public/links/{token(link)}/bookings"
    assert guest.post(path, {}).status_code == 422
    assert code(guest.post(path, ADA)) == (429, "rate_limited")
    link.refresh_from_db()
    assert link.uses == 0


def test_reads_are_limited_in_memory(guest, link, allow):
    allow(get_limit=2)
    answers = [guest.get(f"/public/links/{token(link)}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[0]["RateLimit-Remaining"], RateCount.objects.count()) == ("1", 0)
    assert int(answers[2]["Retry-After"]) > 0


def test_default_limits_let_a_hundred_requests_through(guest, link):
    path = f"/public/links/{token(link)}"
    assert {guest.post(f"{path}/bookings", {}).status_code for _ in range(100)} == {422}
    assert {guest.get(path).status_code for _ in range(100)} == {200}


def test_listed_site_may_read_answers_and_problems(guest, embedded):
    for origin in (SITE, FRIENDS):
        for path in (f"/public/links/{token(embedded)}", f"/public/links/{token(embedded)}/slots?tz=x"):
            response = guest.get(path, Origin=origin)
            assert response["Access-Control-Allow-Origin"] == origin
            assert "Origin" in response["Vary"]
            assert not response.has_header("Access-Control-Allow-Credentials")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://clinic.example", "null", "*", SITE + ".evil.example"]
)
def test_other_sites_may_not(guest, embedded, origin):
    path = f"/public/links/{token(embedded)}"
    for response in (guest.get(path, Origin=origin), guest.send("OPTIONS", path, Origin=origin)):
        assert not response.has_header("Access-Control-Allow-Origin")


def test_preflight_names_methods_and_headers(guest, embedded):
    path = f"/public/links/{token(embedded)}/bookings"
    response = guest.send("OPTIONS", path, Origin=SITE, Access_Control_Request_Method="POST")
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (204, SITE)
    assert response["Access-Control-Allow-Methods"] == response["Allow"] == "OPTIONS, POST"
    assert response["Access-Control-Allow-Headers"] == "Content-Type, Idempotency-Key"
    booked = guest.post(path, ADA, Origin=SITE)
    assert (booked.status_code, booked["Access-Control-Allow-Origin"]) == (201, SITE)


def test_routes_with_a_key_answer_no_other_site(api, calendar):
    assert not api.get("/account", Origin=SITE).has_header("Access-Control-Allow-Origin")
    assert not api.send("OPTIONS", "/account", Origin=SITE).has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/one-time-links/a/b", "/public", "/one-time-links/"])
def test_unknown_address_is_a_problem(api, path):
    assert code(api.get(path)) == (404, "not_found")


def test_unknown_address_outside_version_one_is_a_problem(client, db):
    for path in ("/api/", "/api/v2/links", "/api/v1"):
        assert code(client.get(path)) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_refused_with_the_allowed_ones(api, method):
    response = api.send(method, "/account")
    assert code(response) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_documents_are_only_read(guest, account, path):
    assert guest.get(path).status_code == guest.send("HEAD", path).status_code == 200
    assert code(guest.post(path)) == (405, "method_not_allowed")


def walk(world):
    """Every path of the document with ids of one account."""
    for path, operations in routes.get_openapi_schema()["paths"].items():
        token = world.values["manage_token" if "/public/bookings/" in path else "token"]
        for name, value in (world.values | {"token": token}).items():
            path = path.replace(f"{{{name}}}", str(value))
        yield path.removeprefix("/api/v1"), operations


@pytest.mark.django_db
def test_reading_writes_nothing():
    world = build_world()
    api = Api(world.secret)
    paths = [path for path, operations in walk(world) if "get" in operations]
    assert len(paths) > 12
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in paths:
            with CaptureQueriesContext(connection) as seen:
                response = api.send(method, path, Origin=SITE)
            assert response.status_code in (200, 204, 409, 422), (method, path)
            verbs = {query["sql"].split()[0] for query in seen}
            assert verbs <= {"SELECT"}, (method, path, verbs)


def test_head_has_the_headers_of_get_and_no_body(guest, link):
    got, head = (guest.send(method, f"/public/links/{token(link)}") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", got["Content-Length"])


@pytest.mark.parametrize(
    "media",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/xml"],
)
def test_only_json_is_read_so_no_form_can_post_here(link, media):
    path = f"/api/v1/public/links/{token(link)}/bookings"
    response = Client().generic("POST", path, b'{"start": "2026-11-03T09:00:00Z"}', media)
    assert code(response) == (415, "unsupported_media_type")


def test_json_with_a_charset_is_json(link):
    path = f"/api/v1/public/links/{token(link)}/bookings"
    assert Client().generic("POST", path, b"{}", "application/json; charset=utf-8").status_code == 422


def test_huge_body_is_too_large(guest, link):
    response = guest.post(f"/public/links/{token(link)}/bookings", b'"' + b"x" * 300_000 + b'"')
    assert code(response) == (413, "too_large")


def test_fault_of_ours_is_logged_and_tells_nothing(api, calendar, caplog):
    calendar.plan = "{broken"
    calendar.save()
    response = api.get("/calendars/first")
    assert code(response) == (500, "internal")
    assert "broken" not in response.content.decode()
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == ["admitone.api.problems"]


def test_no_token_is_logged(guest, link, caplog):
    guest.get(f"/public/links/{token(link)}/slots?tz=x")
    guest.post(f"/public/links/{token(link)}/bookings", {})
    assert token(link) not in caplog.text

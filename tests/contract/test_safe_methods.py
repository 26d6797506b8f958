"""P3: GET and HEAD of every public address change no row of any table."""

from __future__ import annotations

import hashlib

import pytest
from django.db import connection
from django.test import Client
from tests.contract.routes import Route, routes
from tests.contract.world import World

pytestmark = pytest.mark.django_db
PUBLIC = [route for route in routes() if "account_slug" not in route.params and not route.path.startswith("app/")]
API_GETS = [
    "account",
    "busy-sources",
    "calendars",
    "connections",
    "bookings",
    "contacts",
    "custom-fields",
    "enrollments",
    "forms",
    "inbound-hooks",
    "message-templates",
    "messages",
    "one-time-links",
    "opportunities",
    "pipelines",
    "tags",
    "workflows",
]


def dump() -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = sorted(
                repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall()
            )
            found[table] = f"{len(text)} {hashlib.sha256(repr(text).encode()).hexdigest()}"
    return found


@pytest.fixture
def here(mine: World) -> World:
    return mine


def values_for(route: Route, here: World) -> dict[str, object]:
    """Real tokens of the kind that the address opens; made-up ones for packages' addresses."""
    values = dict.fromkeys(route.params, "x") | here.values
    if route.path.startswith("b/") or "public/bookings" in route.path:
        values["token"] = here.values["manage_token"]
    if route.path.startswith("feed/"):
        values["token"] = here.values["feed_token"]
    if route.path.startswith("u/"):
        values["token"] = here.values["unsubscribe_token"]
    return values


@pytest.mark.parametrize("route", PUBLIC, ids=lambda route: route.name or route.path)
def test_get_and_head_of_a_public_address_write_nothing(route: Route, here):
    path, before = route.fill(values_for(route, here)), dump()
    statuses = {Client().get(path).status_code, Client().head(path).status_code}
    assert dump() == before
    assert max(statuses) < 500 or path == "/readyz"


@pytest.mark.parametrize("noun", API_GETS)
def test_get_with_an_api_key_writes_nothing(noun, here):
    before = dump()
    response = Client().get(f"/api/v1/{noun}", headers={"authorization": f"Bearer {here.secret}"})
    assert (response.status_code, dump() == before) == (200, True)


def test_dump_notices_a_single_changed_row(here):
    before = dump()
    here.calendar.name = "Changed"
    here.calendar.save()
    assert dump() != before

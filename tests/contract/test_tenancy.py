"""P6: every signed-in address answers another account's ids exactly like ids that do not exist."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from tests.contract.routes import Route, routes
from tests.contract.world import World

pytestmark = pytest.mark.django_db
#: Parameters that name a row; the others are words.
IDS = {name for route in routes() for name in route.params if name.endswith("_id")}
INSIDE = [route for route in routes() if "account_slug" in route.params]
NAMING = [route for route in INSIDE if IDS & set(route.params)]


@pytest.fixture
def browser(mine: World) -> Client:
    client = Client()
    client.force_login(mine.owner)
    return client


def answers(browser: Client, path: str) -> set[int]:
    """Statuses of GET and POST; a route that knows only one of them says 405 to the other."""
    return {browser.get(path).status_code, browser.post(path).status_code} - {405}


@pytest.mark.parametrize("route", NAMING, ids=lambda route: route.name)
def test_own_address_with_a_foreign_or_unknown_id_is_not_found(route: Route, browser, mine, theirs):
    for name in IDS & set(route.params):
        foreign = {**mine.values, name: theirs.values[name]}
        unknown = {**mine.values, name: uuid4()}
        assert answers(browser, route.fill(foreign)) == {404}, f"foreign {name}"
        assert answers(browser, route.fill(unknown)) == {404}, f"unknown {name}"


@pytest.mark.parametrize("route", INSIDE, ids=lambda route: route.name)
def test_foreign_account_is_not_found_throughout(route: Route, browser, theirs):
    assert answers(browser, route.fill(theirs.values)) == {404}


@pytest.mark.parametrize("route", INSIDE, ids=lambda route: route.name)
def test_signed_out_visitor_is_sent_to_sign_in(route: Route, mine):
    path = route.fill(mine.values)
    response = Client().get(path)
    if response.status_code == 405:
        response = Client().post(path)
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_not_found_page_reads_the_same_for_foreign_and_unknown(browser, mine, theirs):
    foreign = browser.get(f"/app/{mine.account.slug}/calendars/{theirs.values['calendar_id']}/")
    unknown = browser.get(f"/app/{mine.account.slug}/calendars/{uuid4()}/")
    assert foreign.content == unknown.content

"""Groups by the API, calendars that join them, and their links for whoever holds one."""

from __future__ import annotations

import pytest
from tests import factories
from tests.api.conftest import ADA, TEN, Api, code, token

from admitone.calendars.models import CalendarGroup
from admitone.links.models import OneTimeLink
from admitone.links.services import issue_chunk

NOW = factories.NOW


@pytest.fixture
def pair(account):
    return [factories.calendar(account, name="First visit"), factories.calendar(account, name="Check-up", duration=60)]


@pytest.fixture
def group(account, pair):
    return factories.group(account, *pair)


@pytest.fixture
def link(api, group):
    made = api.post("/one-time-links", {"group": group.slug}).json()
    return OneTimeLink.objects.get(id=made["id"])


@pytest.fixture
def guest():
    return Api()


def test_group_is_made_read_changed_and_deleted(api, account, pair):
    made = api.post("/calendar-groups", {"name": "Visits", "calendars": ["check-up", str(pair[0].id)]})
    body = made.json()
    assert (made.status_code, body["slug"], body["active"], body["description"]) == (201, "visits", True, "")
    assert body["calendars"] == [str(pair[1].id), str(pair[0].id)]
    assert body["url"].endswith(f"/{account.slug}/g/visits")
    changed = api.patch("/calendar-groups/visits", {"active": False, "calendars": ["first-visit"], "slug": "ours"})
    assert changed.json() == body | {
        "active": False,
        "calendars": [str(pair[0].id)],
        "slug": "ours",
        "url": body["url"].replace("visits", "ours"),
    }
    assert api.get(f"/calendar-groups/{body['id']}").json() == changed.json()
    assert api.get("/calendar-groups").json()["items"] == [changed.json()]
    assert api.delete("/calendar-groups/ours").status_code == 204
    assert code(api.get("/calendar-groups/ours")) == (404, "not_found")
    assert api.get("/calendar-groups").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": ""}, "name"), ({"name": "A", "slug": "No!"}, "slug"), ({"name": "x" * 200}, "name"), ({}, "name")],
)
def test_bad_group_is_refused_by_its_field(api, db, body, field):
    answer = api.post("/calendar-groups", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_taken_address_and_unknown_calendars_are_refused_whole(api, group):
    assert code(api.post("/calendar-groups", {"name": "B", "slug": "consultations"})) == (409, "slug_taken")
    assert code(api.post("/calendar-groups", {"name": "B", "calendars": ["nowhere"]})) == (404, "not_found")
    assert CalendarGroup.objects.count() == 1


def test_calendar_names_its_group_joins_and_leaves(api, account, group, pair):
    path = f"/calendars/{pair[0].slug}"
    assert api.get(path).json()["group"] == str(group.id)
    assert api.patch(path, {"name": "First"}).json()["group"] == str(group.id)
    assert api.patch(path, {"group": None}).json()["group"] is None
    assert api.patch(path, {"group": "consultations"}).json()["group"] == str(group.id)
    assert api.get("/calendar-groups/consultations").json()["calendars"] == [str(pair[1].id), str(pair[0].id)]
    factories.owner(account)
    made = api.post("/calendars", {"name": "Third", "group": str(group.id)})
    assert (made.status_code, made.json()["group"]) == (201, str(group.id))
    api.delete("/calendar-groups/consultations")
    assert api.get(path).json()["group"] is None


def test_link_of_a_group_is_made_listed_and_needs_exactly_one_target(api, group, pair, link):
    shown = api.get(f"/one-time-links/{link.id}").json()
    assert (shown["group"], shown["calendar"], shown["status"]) == (str(group.id), None, "active")
    assert [one["id"] for one in api.get("/one-time-links?group=consultations").json()["items"]] == [shown["id"]]
    assert api.get(f"/one-time-links?calendar={pair[0].id}").json()["items"] == []
    for body in ({}, {"group": group.slug, "calendar": pair[0].slug}):
        assert code(api.post("/one-time-links", body)) == (422, "invalid")


def test_terms_that_only_a_calendar_can_have_are_refused(api, group):
    answer = api.post("/one-time-links", {"group": group.slug, "duration": 20})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["duration"])


def test_holder_sees_the_calendars_and_then_one_of_them(guest, link, pair):
    before = guest.get(f"/public/links/{token(link)}").json()
    assert (before["calendar"], before["duration"]) == ("Consultations", None)
    assert [(one["id"], one["name"], one["duration"]) for one in before["calendars"]] == [
        (str(pair[0].id), "First visit", 30),
        (str(pair[1].id), "Check-up", 60),
    ]
    after = guest.get(f"/public/links/{token(link)}?calendar=check-up").json()
    assert (after["calendar"], after["duration"], after["calendars"]) == ("Check-up", 60, before["calendars"])


def test_link_of_a_calendar_has_nothing_to_choose(guest, pair):
    path = f"/public/links/{token(factories.link(pair[0]))}"
    assert guest.get(path).json()["calendars"] == []
    assert code(guest.get(f"{path}?calendar=check-up")) == (422, "invalid")


def test_times_and_bookings_of_a_group_link_name_the_calendar(guest, link):
    path = f"/public/links/{token(link)}"
    for refused in (
        guest.get(f"{path}/slots"),
        guest.get(f"{path}/slots?calendar=nowhere"),
        guest.post(f"{path}/bookings", ADA),
        guest.post(f"{path}/bookings", ADA | {"calendar": "nowhere"}),
    ):
        assert (code(refused), list(refused.json()["errors"])) == ((422, "invalid"), ["calendar"])
    slots = guest.get(f"{path}/slots?calendar=check-up&from=2026-11-03&to=2026-11-03").json()["slots"]
    assert (slots[1]["start"], slots[1]["end"]) == (TEN, "2026-11-03T10:00:00Z")
    sent = [guest.post(f"{path}/bookings", ADA | {"calendar": "check-up"}, Idempotency_Key="k") for _ in range(2)]
    assert ([one.status_code for one in sent], sent[0].json()) == ([201, 201], sent[1].json())
    assert sent[0].json()["end"] == "2026-11-03T10:00:00Z"
    assert code(guest.post(f"{path}/bookings", ADA | {"calendar": "first-visit"})) == (410, "link_used")


def test_batch_of_a_group_and_its_targets(api, group, pair):
    made = api.post("/one-time-links/batches", {"group": group.slug, "count": 2})
    body = made.json()
    assert (made.status_code, body["group"], body["calendar"]) == (202, str(group.id), None)
    issue_chunk(batch_id=body["id"], now=NOW)
    assert OneTimeLink.objects.filter(group=group).count() == 2
    for refused in ({"count": 1}, {"count": 1, "group": group.slug, "calendar": pair[0].slug}):
        assert code(api.post("/one-time-links/batches", refused)) == (422, "invalid")

"""Many links over the API: 202, progress, rows page by page."""

from __future__ import annotations

import pytest
from tests import factories
from tests.api.conftest import code

from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink

PATH = "/one-time-links/batches"


def test_count_is_accepted_then_made(api, calendar):
    answer = api.post(PATH, {"calendar": "first", "count": 3, "label": "Fair", "metadata": {"n": 1}})
    body = answer.json()
    assert (answer.status_code, body["status"], body["total"], body["done"]) == (202, "queued", 3, 0)
    run_pending(factories.NOW)
    read = api.get(f"{PATH}/{body['id']}").json()
    assert (read["status"], read["done"], read["failed"], read["next_cursor"]) == ("done", 3, 0, None)
    assert [row["n"] for row in read["rows"]] == [1, 2, 3]
    link = api.get(f"/one-time-links/{read['rows'][0]['link']}").json()
    assert (link["url"], link["label"], link["source"]) == (read["rows"][0]["url"], "Fair", "bulk")


def test_contacts_get_links_and_bad_rows_their_error(api, calendar):
    people = [{"email": "ada@example.com", "name": "Ada"}, {"email": "nope"}]
    made = api.post(PATH, {"calendar": "first", "contacts": people}).json()
    run_pending(factories.NOW)
    rows = api.get(f"{PATH}/{made['id']}").json()["rows"]
    assert [row["state"] for row in rows] == ["made", "failed"]
    assert (rows[0]["contact"]["name"], rows[1]["url"], bool(rows[1]["error"])) == ("Ada", None, True)
    failed = api.get(f"{PATH}/{made['id']}?state=failed").json()["rows"]
    assert [row["n"] for row in failed] == [2]


def test_filter_makes_a_link_for_every_contact_it_finds(api, calendar):
    ada, _bob = (factories.contact(calendar.account, name=name) for name in ("Ada", "Bob"))
    tag = factories.tag(ada)
    made = api.post(PATH, {"calendar": "first", "contact_filter": {"tag": str(tag.id)}}).json()
    run_pending(factories.NOW)
    rows = api.get(f"{PATH}/{made['id']}").json()["rows"]
    assert [(row["state"], row["contact"]["name"]) for row in rows] == [("made", "Ada")]
    assert OneTimeLink.objects.get().contact == ada


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"contact_filter": {"search": "nobody like this"}}, (422, "invalid")),
        ({"contact_filter": {"tag": "0190a0a0-0000-7000-8000-000000000000"}}, (404, "not_found")),
        ({"contact_filter": {}, "contacts": [{"email": "ada@example.com"}]}, (422, "invalid")),
        ({"contact_filter": {}, "count": 2}, (422, "invalid")),
    ],
)
def test_filter_that_finds_nobody_or_stands_beside_another_is_refused(api, calendar, asked, answer):
    factories.contact(calendar.account)
    assert code(api.post(PATH, {"calendar": "first", **asked})) == answer


def test_rows_come_page_by_page(api, calendar):
    made = api.post(PATH, {"calendar": "first", "count": 5}).json()
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{PATH}/{made['id']}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [row["n"] for row in page["rows"]]
        cursor = page["next_cursor"]
    assert seen == [1, 2, 3, 4, 5]


def test_same_key_makes_one_batch(api, calendar):
    body = {"calendar": "first", "count": 2}
    first, again = (api.post(PATH, body, Idempotency_Key="k").json() for _ in range(2))
    run_pending(factories.NOW)
    assert (first["id"], OneTimeLink.objects.count()) == (again["id"], 2)
    assert code(api.post(PATH, {**body, "count": 3}, Idempotency_Key="k")) == (422, "idempotency_key_reused")
    assert [each["id"] for each in api.get(PATH).json()["items"]] == [first["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "count"),
        ({"count": 0}, "count"),
        ({"count": 10_001}, "count"),
        ({"count": "5"}, "count"),
        ({"count": 1, "contacts": [{}]}, "count"),
        ({"contacts": []}, "contacts"),
        ({"contacts": [{"age": 3}]}, "contacts.0.age"),
        ({"count": 1, "expires_at": "2026-11-01T00:00:00Z"}, "expires_at"),
        ({"count": 1, "contact_policy": "refuse"}, "contact_policy"),
    ],
)
def test_bad_batch_is_named(api, calendar, body, field):
    answer = api.post(PATH, {"calendar": "first", **body})
    assert (code(answer), field in answer.json()["errors"]) == ((422, "invalid"), True)


def test_bad_cursor_is_named(api, calendar):
    made = api.post(PATH, {"calendar": "first", "count": 1}).json()
    for cursor in ("x", "-1", "99999999", "1.5"):
        assert code(api.get(f"{PATH}/{made['id']}?cursor={cursor}")) == (422, "invalid")

"""Contacts by API: filters, changes, notes and tasks, merging, erasing, exporting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events.models import Event

NOW = factories.NOW


@pytest.fixture
def ana(account: Account) -> Contact:
    return factories.contact(account, name="Ana", email="ana@example.com", phone="+49301234567")


def named(api: Api, query: str) -> list[str]:
    answer = api.get(f"/contacts?{query}")
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["items"]]


def test_list_is_filtered(api: Api, account: Account, ana: Contact) -> None:
    bob = factories.contact(account, name="Bob", email="", phone="+4989999", created_at=NOW - timedelta(days=9))
    factories.custom_field(account, label="Size", kind="number")
    factories.custom_field(account, label="Town")
    Contact.objects.filter(id=bob.id).update(custom={"size": 38, "town": "New York"}, owner=factories.owner(account))
    booked = factories.booking(factories.calendar(account), NOW + timedelta(days=1), name="Cy").contact
    bob.refresh_from_db()
    cases = {
        "search=030+123": ["Ana"],
        f"tag={factories.tag(ana).id}": ["Ana"],
        f"owner={bob.owner_id}": ["Bob"],
        f"owner={booked.id}": [],
        "created_to=2026-11-01T00:00:00Z": ["Bob"],
        "created_from=2026-11-01T00:00:00Z": ["Cy", "Ana"],
        "upcoming=true": ["Cy"],
        "upcoming=false": ["Bob", "Ana"],
        "missing=email": ["Bob"],
        "missing=owner": ["Cy", "Ana"],
        "missing=tag": ["Cy", "Bob"],
        "field=size": ["Bob"],
        "field=size&value=38": ["Bob"],
        "field=size&value=39": [],
        "field=size&value=x": [],
        "field=town&value=york": ["Bob"],
        "field=none": [],
    }
    assert {query: named(api, query) for query in cases} == cases
    assert code(api.get("/contacts?missing=name")) == (422, "invalid")


def test_patch_changes_what_is_named(api: Api, ana: Contact) -> None:
    changed = api.patch(f"/contacts/{ana.id}", {"phone": "", "timezone": "Asia/Tokyo"}).json()
    assert (changed["name"], changed["phone"], changed["timezone"]) == ("Ana", "", "Asia/Tokyo")
    assert code(api.patch(f"/contacts/{ana.id}", {"email": ""})) == (422, "invalid")


def test_notes_and_tasks(api: Api, account: Account, ana: Contact) -> None:
    owner = str(factories.owner(account).id)
    note = api.post(f"/contacts/{ana.id}/notes", {"text": "Shy"})
    assert (note.status_code, api.get(f"/contacts/{ana.id}/notes").json()["items"]) == (201, [note.json()])
    task = api.post(f"/contacts/{ana.id}/tasks", {"title": "Ring", "owner": owner, "due_at": "2026-11-06T14:00:00Z"})
    assert (task.status_code, task.json()["owner"], task.json()["done_at"]) == (201, owner, None)
    done = api.patch(f"/contacts/{ana.id}/tasks/{task.json()['id']}", {"done": True}).json()
    assert done["done_at"] == "2026-11-02T09:00:00Z"
    assert api.get(f"/contacts/{ana.id}/tasks").json()["items"] == [done]
    other = factories.contact(account)
    assert code(api.patch(f"/contacts/{other.id}/tasks/{task.json()['id']}", {"done": True})) == (404, "not_found")
    assert code(api.post(f"/contacts/{ana.id}/notes", {"text": " "})) == (422, "invalid")


def test_owner_is_assigned_and_taken_away(api: Api, account: Account, ana: Contact) -> None:
    owner = str(factories.owner(account).id)
    assert api.send("PUT", f"/contacts/{ana.id}/owner", {"owner": owner}).json()["owner"] == owner
    assert api.send("PUT", f"/contacts/{ana.id}/owner", {"owner": None}).json()["owner"] is None
    stranger = str(factories.user().id)
    assert code(api.send("PUT", f"/contacts/{ana.id}/owner", {"owner": stranger})) == (422, "invalid")


def test_merge_keeps_one_and_the_other_says_where_it_went(api: Api, account: Account, ana: Contact) -> None:
    other = factories.contact(account, name="Ana Roth", email="roth@example.com")
    done = api.post(f"/contacts/{ana.id}/merges", {"drop": str(other.id), "choices": {"name": "drop"}})
    assert (done.status_code, done.json()["name"], done.json()["email"]) == (200, "Ana Roth", "ana@example.com")
    for answer in (
        api.get(f"/contacts/{other.id}"),
        api.post(f"/contacts/{other.id}/tags", {"tag": "VIP"}),
        api.get(f"/contacts/{other.id}/notes"),
    ):
        assert code(answer) == (410, "contact_merged")
        assert answer.json()["contact"] == str(ana.id)
    assert named(api, "") == ["Ana Roth"]


def test_erasure_asks_for_appointments_first(api: Api, account: Account) -> None:
    booked = factories.booking(factories.calendar(account), NOW + timedelta(days=1)).contact
    assert code(api.post(f"/contacts/{booked.id}/erasure", {})) == (409, "appointments_ahead")
    assert api.post(f"/contacts/{booked.id}/erasure", {"cancel_appointments": True}).status_code == 204
    assert code(api.get(f"/contacts/{booked.id}")) == (404, "not_found")
    assert Event.objects.filter(kind="contact.erased").count() == 1


def test_export_holds_what_is_kept(api: Api, ana: Contact) -> None:
    api.post(f"/contacts/{ana.id}/notes", {"text": "Shy"})
    found: dict[str, Any] = api.get(f"/contacts/{ana.id}/export").json()
    assert (found["contact"]["name"], [note["text"] for note in found["data"]["notes"]]) == ("Ana", ["Shy"])

"""Pipelines, opportunities, tags and custom fields by API."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.accounts.models import Account
from admitone.events.models import Event

LEADS = {"name": "New leads", "stages": ["New", "Qualified", "Booked"]}


@pytest.fixture
def contact(account: Account) -> str:
    return str(factories.contact(account).id)


@pytest.fixture
def stages(api: Api) -> list[str]:
    return [stage["id"] for stage in api.post("/pipelines", LEADS).json()["stages"]]


@pytest.fixture
def deal(api: Api, stages: list[str], contact: str) -> dict[str, Any]:
    made = api.post("/opportunities", {"stage": stages[0], "contact": contact, "value_minor": 120000})
    assert made.status_code == 201
    return dict(made.json())


def test_pipeline_is_made_listed_and_renamed(api: Api, stages: list[str]) -> None:
    listed = api.get("/pipelines").json()["items"]
    assert [(one["name"], len(one["stages"]), one["currency"]) for one in listed] == [("New leads", 3, "EUR")]
    assert api.patch(f"/pipelines/{listed[0]['id']}", {"name": "Leads"}).json()["name"] == "Leads"


def test_patch_of_the_stage_moves_with_one_event(api: Api, deal: dict[str, Any], stages: list[str]) -> None:
    for _ in range(2):
        assert api.patch(f"/opportunities/{deal['id']}", {"stage": stages[1]}).json()["stage"] == stages[1]
    assert Event.objects.filter(kind="opportunity.stage_changed").count() == 2


def test_patch_is_all_or_nothing(api: Api, deal: dict[str, Any], stages: list[str]) -> None:
    wrong = {"name": "Implant", "stage": "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"}
    assert code(api.patch(f"/opportunities/{deal['id']}", wrong)) == (404, "not_found")
    assert api.get(f"/opportunities/{deal['id']}").json() == deal


def test_opportunities_are_filtered(api: Api, deal: dict[str, Any], stages: list[str], contact: str) -> None:
    api.patch(f"/opportunities/{deal['id']}", {"status": "won"})
    for query, count in (
        (f"stage={stages[0]}", 1),
        (f"stage={stages[1]}", 0),
        ("status=won", 1),
        ("status=open", 0),
        (f"contact={contact}", 1),
        (f"pipeline={deal['pipeline']}", 1),
    ):
        assert len(api.get(f"/opportunities?{query}").json()["items"]) == count, query


def test_contact_is_tagged_and_untagged(api: Api, contact: str) -> None:
    path = f"/contacts/{contact}/tags"
    tag = api.post(path, {"tag": "VIP"}).json()
    assert api.get(path).json() == {"items": [tag]}
    assert api.get("/tags").json() == {"items": [{**tag, "contacts": 1}]}
    assert api.delete(f"{path}/{tag['id']}").status_code == 204
    assert api.get(path).json() == {"items": []}


def test_custom_values_are_set_and_taken_away(api: Api, contact: str) -> None:
    field = api.post("/custom-fields", {"label": "Shoe size", "kind": "number"}).json()
    assert [one["key"] for one in api.get("/custom-fields").json()["items"]] == [field["key"]] == ["shoe_size"]
    path = f"/contacts/{contact}/custom-values"
    assert api.patch(path, {"values": {"shoe_size": 38}}).json() == {"values": {"shoe_size": 38}}
    assert code(api.patch(path, {"values": {"hat": 1}})) == (422, "invalid")
    assert api.patch(path, {"values": {"shoe_size": None}}).json() == api.get(path).json() == {"values": {}}

"""Workflows over the API: made and checked, changed, published, paused, deleted; the schema that describes them."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.workflows.models import Workflow


@pytest.fixture
def document(calendar) -> dict[str, Any]:
    return document_of(calendar)


def document_of(calendar, body: str = "Book: {{ steps.booking_link.url }}") -> dict[str, Any]:
    return {
        "name": "Welcome",
        "triggers": [{"type": "form.submitted", "filters": {}}],
        "steps": [
            {"name": "booking_link", "type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}},
            {"name": "email", "type": "email.send", "params": {"subject": "Hello", "body": body}},
        ],
    }


@pytest.fixture
def workflow(api: Api, document) -> dict[str, Any]:
    made = api.post("/workflows", document)
    assert made.status_code == 201, made.content
    return dict(made.json())


def errors(answer: Any) -> dict[str, str]:
    assert code(answer) == (422, "invalid")
    return dict(answer.json()["errors"])


def test_workflow_is_a_draft_that_holds_its_document(api, workflow, document):
    assert {name: workflow[name] for name in document} == document
    assert (workflow["status"], workflow["published_version"], workflow["settings"]) == ("draft", None, {})
    assert api.get(f"/workflows/{workflow['id']}").json() == workflow
    assert api.get("/workflows").json() == {"items": [workflow], "next_cursor": None}


def test_value_that_no_step_makes_is_refused_naming_the_step(api, calendar):
    found = errors(api.post("/workflows", document_of(calendar, body="{{ steps.another.url }}")))
    assert list(found) == ["steps.email.body"]
    assert "steps.another.url" in found["steps.email.body"]
    assert Workflow.objects.count() == 0


def test_link_merged_before_it_is_made_is_refused(api, document):
    document["steps"].reverse()
    assert list(errors(api.post("/workflows", document))) == ["steps.email.body"]


def test_unknown_step_type_and_trigger_are_named(api, document):
    document["steps"][1]["type"] = "email.dream"
    document["triggers"][0]["type"] = "form.eaten"
    assert sorted(errors(api.post("/workflows", document))) == ["steps.email", "triggers.0"]


def test_calendar_of_another_account_is_named(api, document):
    document["steps"][0]["params"]["calendar"] = str(factories.calendar(factories.account()).id)
    assert list(errors(api.post("/workflows", document))) == ["steps.booking_link.calendar"]


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"settings": {"mood": 1}}, "settings.mood"),
        ({"settings": {"window": {"days": [9]}}}, "settings"),
        ({"schema": 2}, "schema"),
        ({"triggers": [{"filters": {}}]}, "triggers.0"),
        ({"triggers": [{"type": "form.submitted", "filters": {"forms": ["x"]}}]}, "triggers.0.forms.0"),
        ({"steps": []}, "steps"),
        ({"steps": [{"name": "A B", "type": "end"}]}, "steps.0"),
        ({"steps": [{"name": "end", "type": "end", "colour": 1}]}, "steps.end"),
        ({"steps": [{"name": "end", "type": "end", "params": {"a": "\ud800"}}]}, "steps.0"),
        ({"steps": [{"name": "wait", "type": "wait.for", "params": {"days": 0}}]}, "steps.wait.seconds"),
        ({"steps": ["end"]}, "steps.0"),
        ({"colour": 1}, "colour"),
    ],
)
def test_bad_document_is_named(api, document, part, field):
    assert field in errors(api.post("/workflows", document | part))


def test_number_that_no_database_stores_is_refused(api, document):
    raw = b'{"name": "x", "steps": [{"name": "w", "type": "wait.for", "params": {"days": 1e999}}]}'
    assert list(errors(api.post("/workflows", raw))) == ["steps.0"]


def test_same_key_makes_one_workflow(api, document):
    first, again = (api.post("/workflows", document, Idempotency_Key="once") for _ in range(2))
    assert (first.json(), Workflow.objects.count()) == (again.json(), 1)
    assert code(api.post("/workflows", document | {"name": "Other"}, Idempotency_Key="once")) == (
        422,
        "idempotency_key_reused",
    )


def test_parts_are_replaced_and_the_rest_stays(api, workflow):
    path = f"/workflows/{workflow['id']}"
    changed = api.patch(path, {"name": "Hello", "settings": {"reentry": False}}).json()
    assert (changed["name"], changed["settings"], changed["steps"]) == ("Hello", {"reentry": False}, workflow["steps"])
    assert list(errors(api.patch(path, {"steps": workflow["steps"][1:]}))) == ["steps.email.body"]
    assert api.get(path).json() == changed


def test_publication_numbers_versions_and_keeps_them(api, workflow):
    path = f"/workflows/{workflow['id']}"
    published = api.post(f"{path}/publication")
    assert (published.status_code, published.json()["status"], published.json()["published_version"]) == (
        201,
        "published",
        1,
    )
    assert api.post(f"{path}/publication").json()["published_version"] == 1
    assert api.patch(path, {"name": "Second", "status": "published"}).json()["published_version"] == 2
    numbers = [one["number"] for one in api.get(f"{path}/versions").json()["items"]]
    assert numbers == [2, 1]
    assert api.get(f"{path}/versions/1").json()["document"]["name"] == "Welcome"
    for unknown in ("3", "x", "-1", "9" * 30):
        assert code(api.get(f"{path}/versions/{unknown}")) == (404, "not_found")


def test_publication_of_what_broke_meanwhile_is_refused_at_its_step(api, workflow, calendar):
    calendar.deleted_at = factories.NOW
    calendar.save()
    assert list(errors(api.post(f"/workflows/{workflow['id']}/publication"))) == ["steps.booking_link.calendar"]


def test_pause_and_go_on(api, workflow):
    path = f"/workflows/{workflow['id']}"
    assert code(api.delete(f"{path}/publication")) == (422, "invalid")
    api.post(f"{path}/publication")
    assert api.delete(f"{path}/publication").json()["status"] == "paused"
    assert api.patch(path, {"status": "published"}).json()["status"] == "published"
    assert api.patch(path, {"status": "paused"}).json()["status"] == "paused"
    assert [one["id"] for one in api.get("/workflows?status=paused").json()["items"]] == [workflow["id"]]
    assert api.get("/workflows?status=draft").json()["items"] == []


def test_deleted_workflow_is_gone(api, workflow):
    path = f"/workflows/{workflow['id']}"
    assert api.delete(path).status_code == 204
    assert code(api.get(path)) == (404, "not_found")
    assert code(api.post(f"{path}/publication")) == (404, "not_found")
    assert api.get("/workflows").json()["items"] == []


def test_pages_and_search(api, document):
    for name in ("One", "Two", "Three"):
        api.post("/workflows", document | {"name": name})
    first = api.get("/workflows?limit=2").json()
    second = api.get(f"/workflows?limit=2&cursor={first['next_cursor']}").json()
    assert [[one["name"] for one in page["items"]] for page in (first, second)] == [["Three", "Two"], ["One"]]
    assert [one["name"] for one in api.get("/workflows?search=tw").json()["items"]] == ["Two"]


def test_schema_is_public_and_fits_what_is_accepted(guest, document):
    schema = guest.get("/workflows/schema").json()
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid(document)
    assert not validator.is_valid(document | {"steps": [{"name": "x", "type": "email.dream"}]})


def test_key_that_only_reads_changes_nothing(account, workflow, document):
    reader = Api(factories.api_key(account, ["read"])[1])
    path = f"/workflows/{workflow['id']}"
    assert reader.get(path).status_code == 200
    for answer in (
        reader.post("/workflows", document),
        reader.patch(path, {"name": "x"}),
        reader.delete(path),
        reader.post(f"{path}/publication"),
        reader.post(f"{path}/enrollments", {"contact": "x"}),
    ):
        assert code(answer) == (403, "forbidden")


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"calendar": 5}, "calendar", "Use an id."),
        ({"calendar": "no-such-slug"}, "calendar", "Use an id."),
        ({"expires_in": {"days": True}}, "expires_in.days", "Use a number."),
        ({"expires_in": {"days": "3"}}, "expires_in.days", "Use a number."),
        ({"colour": "red"}, "colour", "There is no such field."),
        ({"offered": {}}, "offered", "Use a list."),
        ({"delete_earlier": "maybe"}, "delete_earlier", "Use true or false."),
    ],
)
def test_wrong_kind_of_value_is_refused_in_words_for_people(api, document, change, field, sentence):
    document["steps"][0]["params"] |= change
    assert errors(api.post("/workflows", document)) == {f"steps.booking_link.{field}": sentence}


def test_setting_of_another_kind_is_refused(api, document):
    assert errors(api.post("/workflows", document | {"settings": {"reentry": "no"}})) == {
        "settings.reentry": "Use true or false."
    }


def test_calendar_may_be_named_by_its_slug_also_in_a_branch(api, document, calendar):
    link = document["steps"][0] | {"params": {"calendar": calendar.slug}}
    inner = {"name": "always", "steps": [link | {"name": "second"}]}
    document["steps"][:1] = [link, {"name": "way", "type": "if_else", "params": {}, "branches": [inner]}]
    made = api.post("/workflows", document)
    assert made.status_code == 201, made.content
    steps = made.json()["steps"]
    found = [steps[0]["params"], steps[1]["branches"][0]["steps"][0]["params"]]
    assert found == [{"calendar": str(calendar.id)}] * 2
    changed = api.patch(f"/workflows/{made.json()['id']}", {"steps": [link]})
    assert changed.json()["steps"][0]["params"] == {"calendar": str(calendar.id)}

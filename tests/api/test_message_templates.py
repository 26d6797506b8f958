"""/message-templates."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from admitone.messaging.models import MessageTemplate

pytestmark = pytest.mark.django_db
PATH = "/api/v1/message-templates"


@pytest.fixture
def api(client: Client):
    account = factories.account()
    _key, secret = factories.api_key(account)
    headers = {"authorization": f"Bearer {secret}"}

    def call(method: str, path: str = "", body=None):
        verb = getattr(client, method)
        if body is None:
            return verb(PATH + path, headers=headers)
        return verb(PATH + path, body, content_type="application/json", headers=headers)

    call.account = account  # type: ignore[attr-defined]
    return call


def test_template_is_made_read_changed_and_deleted(api) -> None:
    made = api("post", body={"name": "Welcome", "subject": "Hi", "body": "Dear {{ contact.first_name }}"})
    assert made.status_code == 201
    one = made.json()
    assert (one["channel"], one["subject"]) == ("email", "Hi")
    assert api("get", f"/{one['id']}").json() == one
    assert api("patch", f"/{one['id']}", {"subject": "Hello"}).json()["subject"] == "Hello"
    assert [row["id"] for row in api("get").json()["items"]] == [one["id"]]
    assert api("get", "?channel=sms").json()["items"] == []
    assert api("delete", f"/{one['id']}").status_code == 204
    assert api("get", f"/{one['id']}").status_code == 404
    assert MessageTemplate.objects.get().deleted_at is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "body": "x"}, "name"),
        ({"name": "N", "channel": "fax"}, "channel"),
        ({"name": "N", "body": "{{ contact.shoe }}"}, "body"),
        ({"name": "N", "subject": "x" * 301}, "subject"),
        ({"name": "N", "colour": "red"}, "colour"),
    ],
)
def test_wrong_value_is_refused_at_its_field(api, body, field) -> None:
    answer = api("post", body=body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_template_of_another_account_is_not_there(api) -> None:
    theirs = factories.message_template(factories.account())
    for method, body in (("get", None), ("patch", {"name": "x"}), ("delete", None)):
        assert api(method, f"/{theirs.pk}", body).status_code == 404
    assert MessageTemplate.objects.get().name == "Welcome"

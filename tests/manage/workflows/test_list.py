"""The list of workflows and a new one."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.workflows.models import Workflow

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/workflows/"


def test_empty_list_offers_a_first_workflow_and_makes_it(web: Client) -> None:
    assert "No workflows yet" in web.get(PATH).content.decode()
    assert web.post(f"{PATH}new/", {"name": " "}).status_code == 422
    made = web.post(f"{PATH}new/", {"name": "Welcome"})
    assert made["Location"] == f"{PATH}{Workflow.objects.get().id}/"
    assert web.get(made["Location"]).status_code == 200


def test_list_is_searched_and_filtered_by_status(web: Client, account: Account) -> None:
    factories.workflow(account, name="Welcome")
    factories.workflow(account, name="Remind")

    def names(query: str) -> list[str]:
        return [row.name for row in web.get(PATH + query).context["page"]]

    assert names("") == ["Remind", "Welcome"]
    assert names("?q=wel") == ["Welcome"]
    assert names("?status=published") == []
    assert names("?status=draft&q=rem") == ["Remind"]


def test_member_sees_but_makes_nothing(viewer: Client, account: Account) -> None:
    made = factories.workflow(account)
    assert viewer.get(f"{PATH}{made.id}/").status_code == 200
    assert viewer.get(f"{PATH}new/").status_code == 403
    assert viewer.post(f"{PATH}{made.id}/publication/").status_code == 403

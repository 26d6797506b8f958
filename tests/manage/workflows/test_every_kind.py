"""The panel of every kind of step: it opens, and what it shows is what it stores."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from tests import factories
from tests.contract.test_workflow_registries import STORED

from admitone.accounts.models import Account
from admitone.manage.workflows.step_form import ParamForm
from admitone.workflows.registry import actions

pytestmark = pytest.mark.django_db
CASES = [(key, params) for key in sorted(actions()) for params in STORED[key]]


def sent(form: ParamForm) -> QueryDict:
    """What a browser sends back of a form nobody has touched."""
    data = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if isinstance(value, list):
            data.setlist(name, value)
        elif value not in (None, "", False):
            data[name] = "on" if value is True else str(value)
    return data


@pytest.mark.parametrize(("key", "params"), CASES, ids=lambda case: case if isinstance(case, str) else "")
def test_form_that_nobody_touched_stores_what_it_showed(account: Account, key: str, params: dict[str, Any]) -> None:
    kind = actions()[key]
    tree = [{"name": "there", "type": "end", "params": {}}]
    form = ParamForm(kind, account, params, tree=tree)
    stored = ParamForm(kind, account, params, sent(form), tree=tree).raw()
    assert kind.read(stored) == kind.read(params)


@pytest.mark.parametrize("key", sorted(actions()))
def test_panel_opens_and_names_every_value(web: Client, account: Account, key: str) -> None:
    workflow = factories.workflow(account, {"name": "act", "type": key, "params": STORED[key][0]})
    page = web.get(f"/app/north-clinic/workflows/{workflow.id}/steps/act/")
    shown = page.content.decode()
    kind = actions()[key]
    assert page.status_code == 200
    assert [str(label) for name, label in kind.labels.items() if name != "branches" and str(label) not in shown] == []

"""Every trigger and action can be added, opened, saved with nothing typed, and told of on the canvas."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.manage.workflows.params import params_of
from admitone.workflows.editing import revision
from admitone.workflows.registry import actions, triggers

pytestmark = pytest.mark.django_db


def path_of(account: Account) -> str:
    factories.calendar(account)
    factories.form(account)
    factories.tag(factories.contact(account))
    return f"/app/north-clinic/workflows/{factories.workflow(account, triggers=[]).id}/"


@pytest.mark.parametrize("key", sorted(actions()))
def test_action_is_added_opened_and_saved(web: Client, account: Account, key: str) -> None:
    path = path_of(account)
    page = web.post(f"{path}steps/", {"type": key, "place": "after:mail"}, follow=True)
    assert page.status_code == 200
    panel = page.context["panel"]
    if panel is None:
        assert (params_of(actions()[key]), actions()[key].branching) == ([], False)
        return
    assert panel.form.errors == {}
    assert panel.branches or [*panel.form.usual, *panel.form.rare]
    saved = web.post(f"{path}steps/{panel.step['name']}/", {"seen": panel.seen, "label": panel.label})
    assert saved.status_code in (302, 422)
    assert web.get(path).status_code == 200


@pytest.mark.parametrize("key", sorted(triggers()))
def test_trigger_is_added_opened_and_saved(web: Client, account: Account, key: str) -> None:
    path = path_of(account)
    page = web.post(f"{path}triggers/", {"type": key}, follow=True)
    assert page.status_code == 200
    if params_of(triggers()[key]):
        seen = revision({"type": key, "filters": {}})
        assert web.post(f"{path}triggers/0/", {"seen": seen}).status_code in (302, 422)
    card = web.get(path).context["canvas"].triggers[0]
    assert card.title == str(triggers()[key].label)


@pytest.mark.parametrize("kind", [*triggers().values(), *actions().values()], ids=lambda kind: kind.key)
def test_every_param_has_a_label_and_an_editor_of_its_own(kind: type) -> None:
    for param in params_of(kind):
        assert param.name == "" or param.name in kind.labels, f"{param.name} needs a label"
        assert param.editor != "json" or param.name in kind.editors, f"{param.name} would be edited as JSON"
        for value, words in param.options:
            assert words, value

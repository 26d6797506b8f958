"""A draft is kept whatever is posted: ids of other accounts in it must tell nothing about them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account

pytestmark = pytest.mark.django_db
SECRET = "Hush"


@pytest.fixture
def steps() -> list[dict[str, Any]]:
    """Steps that name rows of another account, all called Hush."""
    other = factories.account()
    pipeline = factories.pipeline(other, name=SECRET, stages=[SECRET])
    stage = pipeline.stages.get()
    calendar = factories.calendar(other, name=SECRET)
    return [
        {"type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}},
        {"type": "booking.book", "params": {"calendar": str(calendar.id)}},
        {"type": "contact.add_tag", "params": {"tag": str(factories.tag(factories.contact(other), SECRET).id)}},
        {"type": "contact.assign_user", "params": {"users": [str(factories.member(other, name=SECRET).id)]}},
        {"type": "workflow.add", "params": {"workflow": str(factories.workflow(other, name=SECRET).id)}},
        {"type": "opportunity.create", "params": {"pipeline": str(pipeline.id), "stage": str(stage.id)}},
        {"type": "opportunity.move", "params": {"stage": str(stage.id)}},
        {"type": "email.send", "params": {"template": str(factories.message_template(other, name=SECRET).id)}},
    ]


def test_names_of_other_accounts_rows_are_not_shown(client: Client, steps: list[dict[str, Any]]) -> None:
    here: Account = factories.account()
    named = [{"name": f"step_{n}", **step} for n, step in enumerate(steps)]
    workflow = factories.workflow(here, *named)
    client.force_login(factories.owner(here))
    page = client.get(f"/app/{here.slug}/workflows/{workflow.id}/")
    assert page.status_code == 200
    assert SECRET not in page.content.decode()

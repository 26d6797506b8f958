"""The demo's form and pipeline, and which calendars it names."""

from __future__ import annotations

import pytest
from tests import factories

from admitone.cli.demo import of_each_type
from admitone.cli.demo_intake import ensure_intake
from admitone.events import GUEST
from admitone.forms.models import Form
from admitone.forms.services import submit
from admitone.pipelines.models import Opportunity, Pipeline

pytestmark = pytest.mark.django_db
NOW = factories.NOW


def test_intake_is_made_once_and_named() -> None:
    account = factories.account()
    first = ensure_intake(account, NOW)
    assert ensure_intake(account, NOW) == first
    assert (Form.objects.count(), Pipeline.objects.count(), Opportunity.objects.count()) == (1, 1, 3)
    assert str(first["form_url"]).endswith(f"/f/{first['form_id']}")
    assert [one.name for one in Pipeline.objects.get(id=first["pipeline_id"]).stages.all()] == [
        "New",
        "Qualified",
        "Booked",
    ]


@pytest.mark.parametrize(
    "answers",
    [
        {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "phone": "+442079460123"},
        {"first_name": "Ada", "last_name": "Lovelace", "phone": "+442079460123"},
        {"first_name": "Ada", "email": "ada@example.com"},
    ],
)
def test_demo_form_takes_an_address_or_a_number(answers: dict[str, str]) -> None:
    form = Form.objects.select_related("account").get(id=str(ensure_intake(factories.account(), NOW)["form_id"]))
    assert submit(form=form, answers=answers, meta={}, actor=GUEST, now=NOW).answers == answers


def test_demo_names_its_first_public_calendar_of_each_type() -> None:
    ours, real = factories.account(is_demo=True), factories.account()
    factories.calendar(ours, access="one_time")
    wanted = [factories.calendar(ours, kind=kind) for kind in ("personal", "class", "event")]
    factories.calendar(ours, kind="class")
    factories.calendar(real, kind="collective")
    assert {one.id for one in of_each_type()} == {one.id for one in wanted}

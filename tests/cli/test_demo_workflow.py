"""The demo's workflow and the people in it."""

from __future__ import annotations

import pytest
from tests import factories

from admitone.booking.models import Booking
from admitone.cli.demo_intake import ensure_intake
from admitone.cli.demo_workflow import ensure_workflow
from admitone.events import GUEST
from admitone.forms.models import Form
from admitone.forms.services import submit
from admitone.jobs import run_pending
from admitone.workflows.models import Enrollment, Workflow

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture
def demo():
    calendar = factories.calendar(factories.account())
    form_id = str(ensure_intake(calendar.account, NOW)["form_id"])
    facts = ensure_workflow(calendar.account, calendar, form_id, NOW)
    assert ensure_workflow(calendar.account, calendar, form_id, NOW) == facts
    return Workflow.objects.get(pk=facts["workflow_id"]), Form.objects.select_related("account").get(pk=form_id)


def test_three_people_are_in_it_and_one_has_booked(demo):
    workflow, _form = demo
    run_pending(now=NOW)
    found = Enrollment.objects.filter(workflow=workflow).order_by("created_at")
    assert [(one.contact.name, one.status) for one in found] == [
        ("Nora Lindt", "done"),
        ("Ida Falk", "waiting"),
        ("Theo Brandt", "waiting"),
    ]
    assert Booking.objects.get().contact.name == "Nora Lindt"


def test_form_sent_later_enters_like_any_other(demo):
    workflow, form = demo
    submit(form=form, answers={"first_name": "Ada", "email": "ada@example.com"}, meta={}, actor=GUEST, now=NOW)
    run_pending(now=NOW)
    assert workflow.enrollments.get(contact__email="ada@example.com").status == "waiting"

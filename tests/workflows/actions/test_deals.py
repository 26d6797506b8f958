"""Opportunities that runs make, update, move and close."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.workflows.actions.steps import log, refused, step
from tests.workflows.conftest import NOW, submit

from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.jobs import run_pending
from admitone.pipelines.models import Opportunity, Pipeline
from admitone.pipelines.services import delete_pipeline
from admitone.workflows.models import Enrollment

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(account) -> Pipeline:
    return factories.pipeline(account, stages=["New", "Qualified", "Won"])


def create(pipeline: Pipeline, called: str = "deal", **params: Any) -> dict[str, Any]:
    return step("opportunity.create", called, pipeline=str(pipeline.id), **params)


def stage(pipeline: Pipeline, name: str) -> str:
    return str(pipeline.stages.get(name=name).id)


def test_deal_is_made_in_the_first_stage_with_merged_texts(published, contact, pipeline, account):
    owner = factories.member(account)
    Contact.objects.update(owner=owner)
    published([create(pipeline, name="Implant for {{ contact.last_name }}", value="1200.50")])
    submit(contact)
    deal = Opportunity.objects.get()
    assert (deal.name, deal.value_minor, deal.stage.name, deal.owner) == (
        "Implant for Lovelace",
        120050,
        "New",
        owner,
    )
    kinds = Event.objects.filter(subject_kind="opportunity").order_by("id").values_list("kind", "actor_kind")
    assert list(kinds) == [("opportunity.created", "workflow"), ("opportunity.stage_changed", "workflow")]
    assert Enrollment.objects.get().outputs["deal"] == {"status": "created", "opportunity": str(deal.id)}


def test_open_deal_is_updated_and_a_won_one_is_not(published, contact, pipeline):
    published([create(pipeline, stage=stage(pipeline, "Qualified"), value="10")])
    submit(contact)
    submit(contact)
    assert (Opportunity.objects.count(), log(Enrollment.objects.order_by("id").last())) == (1, [("deal", "done", "")])
    assert Enrollment.objects.order_by("id").last().outputs["deal"]["status"] == "updated"
    Opportunity.objects.update(status="won")
    submit(contact)
    assert sorted(Opportunity.objects.values_list("status", flat=True)) == ["open", "won"]


def test_every_run_makes_a_deal_where_that_is_set(published, contact, pipeline):
    published([create(pipeline, update_open=False)])
    submit(contact)
    submit(contact)
    assert Opportunity.objects.count() == 2


def test_amount_that_is_none_fails_with_its_words(published, contact, pipeline, account):
    factories.custom_field(account, label="Budget")
    Contact.objects.update(custom={"budget": "a lot"})
    published([create(pipeline, value="{{ contact.custom.budget }}")])
    submit(contact)
    assert (Enrollment.objects.get().reason, Opportunity.objects.count()) == (
        "a lot: Enter an amount like 1200 or 1200.50.",
        0,
    )


def test_deal_of_the_step_is_moved_and_closed(published, contact, pipeline):
    move = step("opportunity.move", "move", stage=stage(pipeline, "Won"), status="won", step="deal")
    published([create(pipeline), move])
    submit(contact)
    deal = Opportunity.objects.get()
    assert (deal.stage.name, deal.status) == ("Won", "won")
    assert Event.objects.filter(kind="opportunity.status_changed").get().facts["status"] == "won"


def test_deal_that_started_the_run_is_moved_rather_than_a_newer_one(published, contact, pipeline):
    move = step("opportunity.move", status="lost")
    published([move], [{"type": "opportunity.stage_changed", "filters": {"stages": [stage(pipeline, "Qualified")]}}])
    mine = factories.opportunity(pipeline.stages.get(name="Qualified"), contact=contact)
    newer = factories.opportunity(pipeline.stages.get(name="New"), contact=contact)
    run_pending(now=NOW)
    assert [Opportunity.objects.get(pk=one.pk).status for one in (mine, newer)] == ["lost", "open"]


def test_latest_open_deal_of_the_contact_stands_in(published, contact, pipeline):
    published([step("opportunity.move", status="abandoned")])
    factories.opportunity(pipeline.stages.first())
    mine = factories.opportunity(pipeline.stages.first(), contact=contact)
    submit(contact)
    submit(contact)
    mine.refresh_from_db()
    found = [log(one) for one in Enrollment.objects.order_by("id")]
    assert mine.status == "abandoned"
    assert found == [[("act", "done", mine.name)], [("act", "skipped", "There is no such opportunity.")]]


def test_deleted_pipeline_fails_the_step(published, contact, pipeline, account):
    published([create(pipeline)])
    delete_pipeline(account=account, pipeline_id=pipeline.id, actor=SYSTEM, now=NOW)
    submit(contact)
    assert Enrollment.objects.get().reason == "The pipeline or stage of this step has been deleted."


def test_rows_of_others_are_refused(published, account, pipeline):
    other = factories.pipeline(factories.account())
    second = factories.pipeline(account)
    assert list(refused(published, create(other))) == ["steps.deal.pipeline"]
    assert list(refused(published, create(pipeline, stage=str(second.stages.first().id)))) == ["steps.deal.stage"]
    assert list(refused(published, create(pipeline, value="lots"))) == ["steps.deal.value"]
    assert list(refused(published, step("opportunity.move"))) == ["steps.act.stage"]
    theirs = str(other.stages.first().id)
    assert list(refused(published, step("opportunity.move", stage=theirs))) == ["steps.act.stage"]

"""Pipelines, stages and opportunities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.logic.errors import Problem
from admitone.pipelines import queries, services
from admitone.pipelines.models import Opportunity, Pipeline, Stage

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture
def pipeline() -> Pipeline:
    return factories.pipeline(factories.account(), name="New leads")


@pytest.fixture
def stages(pipeline: Pipeline) -> list[Stage]:
    return list(pipeline.stages.all())


@pytest.fixture
def deal(stages: list[Stage]) -> Opportunity:
    return factories.opportunity(stages[0], value_minor=120000)


def who(account: Account) -> dict[str, Any]:
    return {"account": account, "actor": SYSTEM, "now": NOW}


def moves() -> list[tuple[str | None, str]]:
    found = Event.objects.filter(kind="opportunity.stage_changed").order_by("id")
    return [(event.facts["from_stage"], event.facts["stage"]) for event in found]


def code(call: Any, **kwargs: Any) -> str:
    with pytest.raises(Problem) as problem:
        call(**kwargs)
    return problem.value.code


def test_pipeline_starts_with_stages_and_the_countrys_currency(pipeline: Pipeline, stages: list[Stage]) -> None:
    assert [(stage.name, stage.position) for stage in stages] == [("New", 0), ("Qualified", 1), ("Booked", 2)]
    assert pipeline.currency == "EUR"


def test_being_made_in_a_stage_counts_as_reaching_it(deal: Opportunity, stages: list[Stage]) -> None:
    assert moves() == [(None, str(stages[0].id))]
    facts = Event.objects.get(kind="opportunity.created").facts
    assert facts == {
        "opportunity": str(deal.id),
        "contact": str(deal.contact_id),
        "pipeline": str(deal.pipeline_id),
        "stage": str(stages[0].id),
    }
    assert (deal.name, deal.currency, deal.status) == (deal.contact.name, "EUR", "open")


def test_each_move_is_one_event_and_staying_is_none(deal: Opportunity, stages: list[Stage]) -> None:
    for stage in (stages[1], stages[1], stages[0]):
        services.move(**who(deal.account), opportunity_id=deal.id, stage_id=stage.id)
    first, second = str(stages[0].id), str(stages[1].id)
    assert moves() == [(None, first), (first, second), (second, first)]


def test_move_into_another_pipeline_takes_its_stage(deal: Opportunity) -> None:
    other = factories.pipeline(deal.account)
    moved = services.move(**who(deal.account), opportunity_id=deal.id, stage_id=other.stages.all()[1].id)
    assert (moved.pipeline, moved.stage.name) == (other, "Qualified")


def test_status_and_details_change_once(deal: Opportunity) -> None:
    by = {**who(deal.account), "opportunity_id": deal.id}
    for _ in range(2):
        services.set_status(**by, status="won")
        services.update(**by, name="Implant", value_minor=5, owner=str(factories.owner(deal.account).id))
    kinds = list(Event.objects.filter(subject_id=deal.id).order_by("id").values_list("kind", flat=True))
    assert kinds.count("opportunity.status_changed") == 1
    changed = Event.objects.filter(kind="opportunity.changed").order_by("id").first()
    assert changed and changed.facts["fields"] == ["name", "owner", "value_minor"]


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"value_minor": -1}, {"value_minor": 2**53}, {"currency": "EURO"}, {"colour": "x"}]
)
def test_wrong_details_are_refused(deal: Opportunity, changes: dict[str, Any]) -> None:
    assert code(services.update, **who(deal.account), opportunity_id=deal.id, **changes) == "invalid"


def test_rows_of_others_are_not_found(deal: Opportunity, stages: list[Stage]) -> None:
    theirs = factories.pipeline(factories.account()).stages.all()[0]
    stranger = factories.owner(theirs.account)
    by = {**who(deal.account), "opportunity_id": deal.id}
    assert code(services.move, **by, stage_id=theirs.id) == "not_found"
    assert code(services.update, **by, owner=stranger.id) == "not_found"
    assert code(services.move, **{**by, **who(theirs.account)}, stage_id=theirs.id) == "not_found"
    assert code(services.delete_stage, **who(theirs.account), stage_id=stages[0].id, into=stages[1].id) == "not_found"


def test_deleted_stage_hands_its_opportunities_over_without_reaching(deal: Opportunity, stages: list[Stage]) -> None:
    services.delete_stage(**who(deal.account), stage_id=stages[0].id, into=stages[2].id)
    deal.refresh_from_db()
    assert (deal.stage, len(moves())) == (stages[2], 1)
    assert [(one.name, one.position) for one in deal.pipeline.stages.all()] == [("Qualified", 0), ("Booked", 1)]


def test_last_stage_and_a_target_elsewhere_are_refused(pipeline: Pipeline, stages: list[Stage]) -> None:
    by = who(pipeline.account)
    assert code(services.delete_stage, **by, stage_id=stages[0].id, into=stages[0].id) == "invalid"
    alone = factories.pipeline(pipeline.account, stages=["Only"]).stages.all()[0]
    assert code(services.delete_stage, **by, stage_id=alone.id, into=stages[0].id) == "invalid"


def test_stages_are_added_renamed_and_moved(pipeline: Pipeline, stages: list[Stage]) -> None:
    by = who(pipeline.account)
    added = services.add_stage(**by, pipeline_id=pipeline.id, name="Lost touch")
    services.rename_stage(**by, stage_id=added.id, name="Sleeping")
    services.move_stage(**by, stage_id=added.id, by=-1)
    services.move_stage(**by, stage_id=stages[0].id, by=-1)
    assert [one.name for one in pipeline.stages.all()] == ["New", "Qualified", "Sleeping", "Booked"]


def test_deleted_pipeline_hides_its_opportunities_until_restored(deal: Opportunity) -> None:
    by = {**who(deal.account), "pipeline_id": deal.pipeline_id}
    services.delete_pipeline(**by)
    assert list(queries.opportunities(deal.account)) == []
    assert code(services.move, **who(deal.account), opportunity_id=deal.id, stage_id=deal.stage_id) == "not_found"
    services.restore_pipeline(**by)
    assert list(queries.opportunities(deal.account)) == [deal]


def test_board_has_counts_totals_and_the_latest_on_top(deal: Opportunity, stages: list[Stage]) -> None:
    later = factories.opportunity(stages[0], value_minor=50, currency="USD")
    lost = factories.opportunity(stages[1])
    services.set_status(**who(deal.account), opportunity_id=lost.id, status="lost")
    by = {"account": deal.account, "actor": SYSTEM, "now": NOW + timedelta(minutes=1)}
    services.move(**by, opportunity_id=later.id, stage_id=stages[1].id)
    services.move(**{**by, "now": NOW + timedelta(minutes=2)}, opportunity_id=later.id, stage_id=stages[0].id)
    columns = queries.board(deal.pipeline)
    assert [(one.stage.name, one.count) for one in columns] == [("New", 2), ("Qualified", 0), ("Booked", 0)]
    assert columns[0].totals == {"EUR": 120000, "USD": 50}
    assert columns[0].cards == [later, deal]


def test_board_costs_three_statements(deal: Opportunity, stages: list[Stage], django_assert_num_queries: Any) -> None:
    factories.opportunity(stages[1])
    with django_assert_num_queries(3):
        assert [len(str(card.contact)) > 0 for column in queries.board(deal.pipeline) for card in column.cards]

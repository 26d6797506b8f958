"""Board, list and settings of pipelines; tags and custom values of contacts."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.contacts.models import Contact, CustomField
from admitone.contacts.queries import tags_of
from admitone.events.models import Event
from admitone.pipelines.models import Opportunity, Pipeline, Stage

pytestmark = pytest.mark.django_db
APP = "/app/north-clinic/"
PATH = f"{APP}pipelines/"


@pytest.fixture
def pipeline(account: Account) -> Pipeline:
    return factories.pipeline(account, name="New leads")


@pytest.fixture
def stages(pipeline: Pipeline) -> list[Stage]:
    return list(pipeline.stages.all())


@pytest.fixture
def deal(stages: list[Stage]) -> Opportunity:
    return factories.opportunity(stages[0], name="Implant", value_minor=120000)


def test_without_pipelines_the_page_offers_one_and_makes_it(web: Client) -> None:
    assert "No pipelines yet" in web.get(PATH).content.decode()
    assert web.post(f"{PATH}new/", {"name": "", "stages": "New"}).status_code == 422
    made = web.post(f"{PATH}new/", {"name": "Leads", "stages": "New\n\nBooked"})
    assert made["Location"] == f"{PATH}{Pipeline.objects.get().id}/" == web.get(PATH)["Location"]
    assert [one.name for one in Stage.objects.all()] == ["New", "Booked"]


def test_board_shows_cards_counts_and_totals(web: Client, deal: Opportunity) -> None:
    html = web.get(f"{PATH}{deal.pipeline_id}/").content.decode()
    assert html.count("data-deal") == 1
    assert html.count("1.200\xa0€") == 2
    assert html.count("Move to ") == 2


def test_board_costs_the_same_with_more_cards(
    web: Client, deal: Opportunity, stages: list[Stage], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    path = f"{PATH}{deal.pipeline_id}/"
    web.get(path)
    with CaptureQueriesContext(connection) as first:
        web.get(path)
    for stage in stages:
        factories.opportunity(stage)
    with django_assert_num_queries(len(first)):
        web.get(path)


def test_menu_moves_a_card_with_one_event(web: Client, deal: Opportunity, stages: list[Stage]) -> None:
    for _ in range(2):
        answer = web.post(f"{PATH}opportunities/{deal.id}/stage/", {"stage": str(stages[1].id)})
        assert answer["Location"] == f"{PATH}{deal.pipeline_id}/"
    deal.refresh_from_db()
    assert (deal.stage, Event.objects.filter(kind="opportunity.stage_changed").count()) == (stages[1], 2)


def test_move_goes_back_only_to_own_pages(web: Client, deal: Opportunity, stages: list[Stage]) -> None:
    path = f"{PATH}opportunities/{deal.id}/stage/"
    for after, location in ((f"{PATH}x", f"{PATH}x"), ("//evil.example", f"{PATH}{deal.pipeline_id}/")):
        answer = web.post(path, {"stage": str(stages[1].id), "next": after})
        assert answer["Location"] == location


def test_opportunity_is_added_with_a_contact_found_or_made(
    web: Client, pipeline: Pipeline, stages: list[Stage]
) -> None:
    path = f"{PATH}{pipeline.id}/opportunities/new/"
    wrong = {"person_email": "nobody", "stage": str(stages[1].id), "value": "x"}
    assert web.post(path, wrong).status_code == 422
    assert Contact.objects.count() == 0
    web.post(path, {"person_email": "ada@example.com", "stage": str(stages[1].id), "value": "1200,50"})
    made = Opportunity.objects.get()
    assert (made.name, made.value_minor, made.stage) == ("ada@example.com", 120050, stages[1])


def test_opportunity_is_changed_and_won(web: Client, deal: Opportunity) -> None:
    path = f"{PATH}opportunities/{deal.id}/"
    assert web.post(path, {"name": "Bridge", "value": "abc"}).status_code == 422
    web.post(path, {"name": "Bridge", "value": "900"})
    web.post(f"{path}status/", {"status": "won"})
    deal.refresh_from_db()
    assert (deal.name, deal.value_minor, deal.status) == ("Bridge", 90000, "won")
    assert web.post(f"{path}status/", {"status": "great"}).status_code == 422


def test_list_is_searched_and_filtered(web: Client, deal: Opportunity, stages: list[Stage]) -> None:
    factories.opportunity(stages[1], name="Crown")
    path = f"{PATH}{deal.pipeline_id}/list/"
    for query, names in (
        ("", {"Implant", "Crown"}),
        ("q=impl", {"Implant"}),
        (f"stage={stages[1].id}", {"Crown"}),
        ("status=lost", set()),
    ):
        assert {row.name for row in web.get(f"{path}?{query}").context["page"]} == names, query


def test_stages_are_added_renamed_moved_and_deleted(web: Client, deal: Opportunity, stages: list[Stage]) -> None:
    page = f"{PATH}{deal.pipeline_id}/"
    web.post(f"{page}stages/", {"name": "Sleeping"})
    web.post(f"{PATH}stages/{stages[1].id}/name/", {"name": "Good"})
    web.post(f"{PATH}stages/{stages[1].id}/move/", {"by": "-1"})
    web.post(f"{PATH}stages/{stages[0].id}/removal/", {"into": str(stages[2].id)})
    deal.refresh_from_db()
    assert [one.name for one in deal.pipeline.stages.all()] == ["Good", "Booked", "Sleeping"]
    assert (deal.stage.name, web.get(f"{page}settings/").status_code) == ("Booked", 200)


def test_pipeline_is_renamed_deleted_and_restored(web: Client, pipeline: Pipeline) -> None:
    page = f"{PATH}{pipeline.id}/"
    web.post(f"{page}settings/", {"name": "Leads"})
    assert "The pipeline is deleted" in web.post(f"{page}deletion/").content.decode()
    assert web.get(page).status_code == 404
    web.post(f"{page}restoration/")
    assert "Leads" in web.get(page).content.decode()


def test_member_sees_the_board_but_moves_nothing(
    account: Account, deal: Opportunity, stages: list[Stage], freeze: time_machine.Traveller
) -> None:
    client = Client()
    client.force_login(factories.member(account))
    page = client.get(f"{PATH}{deal.pipeline_id}/")
    assert (page.status_code, "Move to" in page.content.decode()) == (200, False)
    moved = client.post(f"{PATH}opportunities/{deal.id}/stage/", {"stage": str(stages[1].id)})
    changed = client.post(f"{PATH}opportunities/{deal.id}/", {"name": "x"})
    assert (moved.status_code, changed.status_code) == (403, 403)


def test_contact_page_adds_and_removes_tags(web: Client, account: Account) -> None:
    contact = factories.contact(account)
    page = f"{APP}contacts/{contact.id}/"
    web.post(f"{page}tags/", {"tag": "VIP"})
    tag = tags_of(contact)[0]
    assert "VIP" in web.get(page).content.decode()
    web.post(f"{page}tags/{tag.id}/removal/")
    assert list(tags_of(contact)) == []
    assert "Give the tag a name." in web.post(f"{page}tags/", {"tag": ""}, follow=True).content.decode()


def test_custom_fields_are_made_and_filled(web: Client, account: Account) -> None:
    settings = f"{APP}settings/custom-fields/"
    web.post(settings, {"label": "Shoe size", "kind": "number"})
    web.post(settings, {"label": "Calm", "kind": "checkbox"})
    assert web.post(settings, {"label": "Pet", "kind": "choice", "options": ""}).status_code == 422
    contact = factories.contact(account)
    page = f"{APP}contacts/{contact.id}/"
    assert web.post(f"{page}custom/", {"custom-shoe_size": "big"}).status_code == 422
    web.post(f"{page}custom/", {"custom-shoe_size": "38", "custom-calm": "yes"})
    contact.refresh_from_db()
    assert contact.custom == {"shoe_size": 38, "calm": True}
    field = CustomField.objects.get(key="calm")
    web.post(f"{settings}{field.id}/", {"label": "Is calm", "options": ""})
    web.post(f"{settings}{field.id}/removal/")
    assert "Is calm" not in web.get(page).content.decode()
    web.post(f"{settings}{field.id}/restoration/")
    assert "Is calm" in web.get(page).content.decode()

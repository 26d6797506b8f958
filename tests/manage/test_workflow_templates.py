"""Start from: the gallery, the choices of a template, the draft that comes of them."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from admitone.contacts.models import Tag
from admitone.workflows.models import Workflow
from admitone.workflows.templates import templates

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(freeze):
    return factories.account(slug="klein")


@pytest.fixture
def browser(account):
    client = Client()
    client.force_login(factories.owner(account))
    return client


def at(key: str = "") -> str:
    return f"/app/klein/workflows/templates/{key}{'/' if key else ''}"


def test_gallery_shows_every_template(browser):
    page = browser.get(at()).content.decode()
    for one in templates():
        assert f'href="{at(one.key)}"' in page
        assert str(one.label) in page


def test_choices_become_a_draft_and_open_the_builder(browser, account):
    calendar, form = factories.calendar(account), factories.form(account)
    answer = browser.post(at("form_link"), {"name": "New people", "calendar": calendar.id, "form": form.id})
    made = Workflow.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/app/klein/workflows/{made.id}/")
    assert (made.name, made.status) == ("New people", "draft")
    assert made.draft["triggers"] == [{"type": "form.submitted", "filters": {"forms": [str(form.id)]}}]
    assert made.draft["steps"][0]["params"]["calendar"] == str(calendar.id)


def test_tag_that_is_named_first_here_is_made(browser, account):
    calendar = factories.calendar(account)
    for _ in range(2):
        browser.post(at("vip"), {"name": "VIP", "calendar": calendar.id, "tag": "Very important"})
    tag = Tag.objects.get()
    assert tag.name == "Very important"
    assert {str(tag.id)} == {row.draft["triggers"][0]["filters"]["tags"][0] for row in Workflow.objects.all()}


def test_offered_time_is_wall_clock_and_as_long_as_the_calendar(browser, account):
    calendar = factories.calendar(account, duration=45)
    browser.post(at("single_slot"), {"name": "One", "calendar": calendar.id, "slot": "2026-11-05T11:00"})
    offered = Workflow.objects.get().draft["steps"][0]["params"]["offered"]
    assert offered == [{"start": "2026-11-05T10:00:00Z", "end": "2026-11-05T10:45:00Z"}]


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("form_link", {"name": ""}),
        ("form_link", {"calendar": ""}),
        ("form_link", {"calendar": "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"}),
        ("form_link", {"form": "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"}),
        ("vip", {"tag": ""}),
        ("vip", {"tag": "a\x00b"}),
        ("single_slot", {"slot": ""}),
        ("single_slot", {"slot": "2020-01-01T10:00"}),
        ("single_slot", {"slot": "soon"}),
        ("stage_link", {"stage": "x"}),
    ],
)
def test_wrong_choice_is_shown_and_nothing_is_made(browser, account, key, wrong):
    calendar = factories.calendar(account)
    stage = factories.pipeline(account).stages.all()[0]
    good = {"name": "x", "calendar": calendar.id, "tag": "x", "slot": "2026-11-05T11:00", "stage": stage.id}
    answer = browser.post(at(key), good | wrong)
    assert (answer.status_code, Workflow.objects.count()) == (422, 0)


def test_choices_of_another_account_are_not_offered(browser, account):
    other = factories.calendar(factories.account(), name="Theirs")
    factories.calendar(account)
    assert "Theirs" not in browser.get(at("form_link")).content.decode()
    assert browser.post(at("form_link"), {"name": "x", "calendar": other.id}).status_code == 422


def test_without_a_calendar_the_page_leads_to_making_one(browser):
    page = browser.get(at("form_link")).content.decode()
    assert 'href="/app/klein/calendars/new/"' in page
    assert "Create draft" not in page


def test_member_is_refused_and_unknown_template_is_not_found(browser, account):
    client = Client()
    client.force_login(factories.member(account))
    assert [client.get(at()).status_code, client.get(at("vip")).status_code] == [403, 403]
    assert browser.get(at("dreams")).status_code == 404

"""Create link > Start from: each occasion fills the form, and the link that is made keeps to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW

from admitone.links.models import OneTimeLink
from admitone.logic.clock import to_min_floor
from admitone.manage.links.scenarios import SCENARIOS

pytestmark = pytest.mark.django_db
ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}
START = to_min_floor(NOW) + 24 * 60


@pytest.fixture
def calendar(freeze):
    return factories.calendar(factories.account(slug="clinic", timezone="Europe/Berlin"))


@pytest.fixture
def browser(calendar):
    client = Client()
    client.force_login(factories.owner(calendar.account))
    return client


def at(key: str) -> str:
    return f"/app/clinic/links/new/?from={key}"


def filled(browser: Client, key: str) -> dict[str, str]:
    """What a browser sends when the form is left as it came."""
    form = browser.get(at(key)).context["form"]
    sent = {field.name: field.value() for field in form if field.value() not in (None, "")}
    return sent | {"calendar": str(form.chosen.id)}


def scenarios(page: str) -> str:
    return page.split('aria-label="Start from"')[1].split("</nav>")[0]


def test_every_scenario_is_offered_and_the_chosen_one_is_marked(browser):
    page = browser.get(at("vip")).content.decode()
    assert all(f"?from={one.key}" in page for one in SCENARIOS)
    assert scenarios(page).count('aria-current="true"') == 1
    assert browser.get(at("dreams")).status_code == 200


@pytest.mark.parametrize("key", [one.key for one in SCENARIOS])
def test_form_as_it_was_filled_makes_the_link(browser, key):
    answer = browser.post(at(key), filled(browser, key) | ADA)
    assert answer.status_code == 302
    link = OneTimeLink.objects.get()
    days = {"vip": 30, "single_slot": 1, "discovery_call": 14, "sensitive": 1, "promotion": 7}[key]
    assert (link.expires_at, link.max_uses) == (NOW + timedelta(days=days), 1)
    policies = {"vip": "refuse", "sensitive": "verify"}
    assert link.contact_policy == policies.get(key, "prefill")


def test_single_slot_shows_the_times_and_offers_the_one(browser):
    page = browser.get(at("single_slot")).content.decode()
    assert "<details open>" in page
    answer = browser.post(at("single_slot"), filled(browser, "single_slot") | {"offered": f"{START}-{START + 30}"})
    assert answer.status_code == 302
    assert len(OneTimeLink.objects.get().offered) == 1


def test_sensitive_link_names_nothing(browser):
    assert {"label", "note"}.isdisjoint(filled(browser, "sensitive"))


@pytest.mark.parametrize("key", ["vip", "sensitive"])
def test_link_for_one_person_needs_the_person(browser, key):
    answer = browser.post(at(key), filled(browser, key))
    assert (answer.status_code, OneTimeLink.objects.count()) == (422, 0)
    assert "Enter the address of the person" in answer.content.decode()


def test_choice_of_calendar_and_contact_survives_a_scenario(browser, calendar):
    contact = factories.contact(calendar.account, name="Mia", email="mia@example.com")
    page = browser.get(f"{at('vip')}&contact={contact.id}&calendar={calendar.id}")
    assert (page.context["form"]["email"].value(), page.context["form"]["label"].value()) == ("mia@example.com", "VIP")
    assert f"contact={contact.id}" in scenarios(page.content.decode())

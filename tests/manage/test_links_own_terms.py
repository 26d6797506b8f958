""" "More options" of a new link: by the form, the Share dialog, in bulk, and how the link's page tells them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account, User
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost, set_team
from admitone.events import SYSTEM
from admitone.links.models import Batch, OneTimeLink

pytestmark = pytest.mark.django_db
NEW, BATCH = "/app/clinic/links/new/", "/app/clinic/links/batches/new/"


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic", timezone="Europe/Berlin")


@pytest.fixture(autouse=True)
def owner(client: Client, account: Account, freeze: Any) -> User:
    user = factories.owner(account, name="Olga Owner")
    client.force_login(user)
    return user


@pytest.fixture
def team(account: Account) -> Calendar:
    hosts = [factories.host(account, name=name) for name in ("Ann", "Bob")]
    calendar = factories.calendar(account, name="Team", host=hosts[0])
    return staff(calendar, [one.id for one in hosts])


def staff(calendar: Calendar, hosts: list[Any]) -> Calendar:
    return set_team(
        account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=factories.NOW,
        kind="round_robin", hosts=[TeamHost(UUID(str(one))) for one in hosts],
    )  # fmt: skip


def hosts(calendar: Calendar) -> dict[str, str]:
    return {one.name: one.id for one in calendar.compiled.hosts}


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_form_shows_only_what_the_calendars_could_keep(client: Client, account: Account) -> None:
    factories.calendar(account)
    shown = text(client, NEW)
    assert ('name="duration"' in shown, 'name="host"' in shown, 'name="seats"' in shown) == (True, False, False)
    factories.calendar(account, kind="class", series_max=4)
    shown = text(client, NEW)
    assert ('name="seats"' in shown, 'name="series"' in shown) == (True, True)


def test_link_is_made_on_its_own_terms_and_its_page_says_so(client: Client, team: Calendar) -> None:
    bob = hosts(team)["Bob"]
    fields = {"calendar": str(team.id), "duration": "45", "host": bob, "location": "Room 5"}
    made = client.post(NEW, fields)
    assert made.status_code == 302
    link = OneTimeLink.objects.get()
    assert (link.duration, str(link.host_id), link.location) == (45, bob, "Room 5")
    shown = text(client, f"/app/clinic/links/{link.id}/")
    for word in ("45 min", "Only with", "Bob", "Room 5"):
        assert word in shown
    assert "offers no time" not in shown
    staff(team, [hosts(team)["Ann"]])
    assert "offers no time" in text(client, f"/app/clinic/links/{link.id}/")


def test_terms_of_another_calendar_are_refused_at_their_fields(
    client: Client, account: Account, team: Calendar
) -> None:
    other = factories.calendar(account, name="Alone")
    answer = client.post(NEW, {"calendar": str(other.id), "host": hosts(team)["Bob"], "duration": "45"})
    assert answer.status_code == 422
    assert "Only a round robin has hosts" in answer.content.decode()
    assert '<details class="terms__group" open>' in answer.content.decode()
    assert OneTimeLink.objects.count() == 0


def test_share_mints_a_new_link_for_terms_of_its_own(client: Client, team: Calendar) -> None:
    path = f"/app/clinic/calendars/{team.id}/share/link/"
    plain = client.post(path, {}, HTTP_ACCEPT="application/json").json()["id"]
    own = client.post(path, {"duration": "45"}, HTTP_ACCEPT="application/json").json()["id"]
    assert own != plain
    assert OneTimeLink.objects.get(id=own).duration == 45
    # Nor is it handed back to somebody who asks for a plain one.
    assert client.post(path, {}, HTTP_ACCEPT="application/json").json()["id"] == plain


def test_many_links_share_the_terms(client: Client, team: Calendar) -> None:
    answer = client.post(BATCH, {"calendar": str(team.id), "count": "3", "duration": "45"})
    assert answer.status_code == 302
    assert Batch.objects.get().terms["special"] == {"duration": 45}

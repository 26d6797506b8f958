"""Feeds on the signed-in pages: one's own, everybody's for admins, and who may change which."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account, User
from admitone.calendars.models import Host
from admitone.integrations.host_feeds import feed_url
from admitone.integrations.models import HostFeed

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/feeds/"


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


@pytest.fixture
def bea(account: Account) -> User:
    return factories.member(account, name="Bea Member")


@pytest.fixture
def host(account: Account, bea: User) -> Host:
    host = Host.objects.create(agency=account.agency, user=bea, name="Bea Member", created_at=factories.NOW)
    factories.calendar(account, host=host)
    return host


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def test_own_feed_is_made_renewed_and_withdrawn_on_the_profile(account: Account, bea: User, host: Host) -> None:
    web = signed_in(bea)
    assert "No feed yet" in web.get("/app/me/").content.decode()
    seen = []
    for do in ("make", "make", "rotate", "revoke"):
        answer = web.post(f"{PATH}{host.id}/", {"do": do, "back": "me"})
        assert (answer.status_code, answer["Location"]) == (302, "/app/me/")
        seen.append(list(HostFeed.objects.values_list("id", flat=True)))
        if feed := HostFeed.objects.first():
            assert feed_url(feed) in web.get("/app/me/").content.decode()
    assert seen[0] == seen[1] != seen[2]
    assert seen[3] == []


def test_admins_see_every_host_members_themselves(account: Account, bea: User, host: Host) -> None:
    factories.calendar(account, host=factories.host(account, name="Dr Klein"))
    mine = signed_in(bea).get(PATH).content.decode()
    assert ["Bea Member</bdi>" in mine, "Dr Klein" in mine] == [True, False]
    boss = signed_in(factories.owner(account))
    page = boss.get(PATH).content.decode()
    assert ["Bea Member" in page, "Dr Klein" in page] == [True, True]
    assert boss.post(f"{PATH}{host.id}/", {"do": "make"})["Location"] == PATH
    assert "Calendar feeds" in boss.get("/app/north-clinic/settings/team/").content.decode()


def test_members_change_nobody_elses_feed_and_nonsense_is_not_found(account: Account, bea: User, host: Host) -> None:
    other = factories.host(account)
    factories.calendar(account, host=other)
    foreign = factories.host(factories.account())
    boss = signed_in(factories.owner(account))
    refused = [
        signed_in(bea).post(f"{PATH}{other.id}/", {"do": "make"}),
        boss.post(f"{PATH}{foreign.id}/", {"do": "make"}),
        boss.post(f"{PATH}{host.id}/", {"do": "explode"}),
        boss.post(f"{PATH}{host.id}/"),
        signed_in(factories.owner(factories.account())).get(PATH),
    ]
    assert [answer.status_code for answer in refused] == [404] * 5
    assert HostFeed.objects.count() == 0

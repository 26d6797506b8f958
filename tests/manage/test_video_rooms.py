"""A host's own video room: on the team page for those who manage the sub-account, on one's own profile."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar, CalendarAccess, Host

pytestmark = pytest.mark.django_db
ROOM = "https://meet.example.org/ada"


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic")


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account)


def team(calendar: Calendar, **fields: str) -> dict[str, Any]:
    host = calendar.calendar_hosts.get().host_id
    return {
        "kind": "personal",
        "strategy": "availability",
        "count_days": "30",
        f"host-{host}": "on",
        **{f"{name}-{host}": value for name, value in fields.items()},
    }


def rooms() -> list[str]:
    return list(Host.objects.values_list("video_url", flat=True))


def test_admin_sets_a_hosts_room_on_the_team_page(client: Client, account: Account, calendar: Calendar) -> None:
    client.force_login(factories.owner(account))
    url = f"/app/clinic/calendars/{calendar.id}/team/"
    assert client.post(url, team(calendar, video=ROOM)).status_code == 302
    assert rooms() == [ROOM]
    calendar.refresh_from_db()
    assert calendar.compiled.hosts[0].video_url == ROOM
    wrong = client.post(url, team(calendar, video="javascript:alert(1)"))
    assert wrong.status_code == 422
    assert "Enter a full address that starts with https://." in wrong.content.decode()
    assert client.post(url, team(calendar)).status_code == 302
    assert rooms() == [ROOM]


def test_who_manages_one_calendar_alone_leaves_rooms_as_they_are(
    client: Client, account: Account, calendar: Calendar
) -> None:
    member = factories.member(account)
    CalendarAccess.objects.create(calendar=calendar, user=member, level="manage")
    client.force_login(member)
    url = f"/app/clinic/calendars/{calendar.id}/team/"
    assert f'name="video-{calendar.calendar_hosts.get().host_id}"' not in client.get(url).content.decode()
    client.post(url, team(calendar, video=ROOM))
    assert rooms() == [""]


def test_person_sets_their_own_room_on_their_profile(client: Client, account: Account) -> None:
    owner = factories.owner(account)
    client.force_login(owner)
    assert 'name="video_url"' not in client.get("/app/me/").content.decode()
    factories.calendar(account, host=factories.host(account, user=owner))
    form = client.get("/app/me/").context["form"]
    values = {name: form.initial.get(name) or "" for name in form.fields}
    assert client.post("/app/me/", {**values, "video_url": ROOM}).status_code == 302
    assert rooms() == [ROOM]
    wrong = client.post("/app/me/", {**values, "video_url": "nowhere"})
    assert wrong.context["form"].errors["video_url"] == ["Enter a full address that starts with https://."]

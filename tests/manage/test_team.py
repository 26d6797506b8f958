"""Settings > Team, and the page behind an invitation."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests import factories

from admitone.accounts.invitations import token_for
from admitone.accounts.models import Account, Invitation, Membership, User
from admitone.calendars.access import levels_of
from admitone.calendars.models import CalendarAccess
from admitone.events.models import Event
from admitone.jobs import run_pending

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/settings/team/"


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


@pytest.fixture
def owner(client: Client, account: Account) -> User:
    user = factories.owner(account, name="Ada Lovelace")
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def at_now(freeze: Any) -> Any:
    return freeze


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def invited(client: Client, email: str = "new@example.com", **form: Any) -> str:
    """Invite through the page; the path of the emailed link."""
    response = client.post(PATH, {"email": email, "role": "member", **form})
    assert response.status_code == 302, response.content.decode()
    run_pending(now=factories.NOW)
    return re.search(r"/invitation/\S+", mail.outbox[-1].body).group()  # type: ignore[union-attr]


def test_invitation_is_mailed_and_only_its_hash_is_stored(client: Client, owner: User) -> None:
    path = invited(client, "New@Example.com")
    invitation = Invitation.objects.get()
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["new@example.com"], "You are invited to North Clinic")
    assert "Ada Lovelace invites you" in mail.outbox[0].body
    assert path == f"/invitation/{token_for(invitation.id)}/"
    assert token_for(invitation.id) not in str(Invitation.objects.values().get())
    assert invitation.expires_at == factories.NOW + timedelta(days=7)


def test_new_person_joins_with_name_and_password(client: Client, owner: User, account: Account) -> None:
    calendar, other = factories.calendar(account), factories.calendar(account)
    path = invited(client, **{f"calendar_{calendar.id.hex}": "book"})
    guest = Client()
    assert "Join North Clinic" in guest.get(path).content.decode()
    assert Membership.objects.count() == 1
    response = guest.post(path, {"name": "Grace Hopper", "password": "a very long password"})
    assert response.url == "/app/north-clinic/"
    user = User.objects.get(email="new@example.com")
    assert (user.name, user.timezone, Membership.objects.get(user=user).role) == (
        "Grace Hopper",
        "Europe/Berlin",
        "member",
    )
    run_pending(now=factories.NOW)
    assert levels_of(account, user.id) == {calendar.id: "book"}
    assert guest.get("/app/north-clinic/").status_code == 200
    assert guest.get(path).status_code == 404
    assert list(Event.objects.filter(kind__startswith="member").order_by("id").values_list("kind", flat=True)) == [
        "member.invited",
        "member.joined",
    ]
    assert other.id not in levels_of(account, user.id)


def test_new_person_with_a_weak_password_stays_outside(client: Client, owner: User) -> None:
    path = invited(client)
    response = Client().post(path, {"name": "Grace", "password": "short"})
    assert (response.status_code, User.objects.count()) == (422, 1)
    assert Client().post(path, {"name": "", "password": ""}).status_code == 422


def test_person_with_a_sign_in_accepts_signed_in(client: Client, owner: User, account: Account) -> None:
    user = factories.user(email="known@example.com")
    path = invited(client, "known@example.com", role="admin")
    guest = Client()
    assert f"/accounts/login/?next={path}" in guest.get(path).content.decode()
    assert guest.post(path, {"name": "Thief", "password": "a very long password"}).status_code == 422
    guest.force_login(user)
    assert "Accept invitation" in guest.get(path).content.decode()
    assert guest.post(path).url == "/app/north-clinic/"
    assert Membership.objects.get(user=user).role == "admin"


def test_another_person_cannot_accept(client: Client, owner: User) -> None:
    path = invited(client)
    other = signed_in(factories.user())
    assert "Sign out" in other.get(path).content.decode()
    assert other.post(path).status_code == 403
    assert Membership.objects.count() == 1


def test_invitation_ends_after_seven_days(client: Client, owner: User, at_now: Any) -> None:
    path = invited(client)
    at_now.shift(timedelta(days=7))
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"name": "Late", "password": "a very long password"}).status_code == 404


def test_withdrawn_invitation_does_not_work(client: Client, owner: User) -> None:
    path = invited(client)
    row = Invitation.objects.get()
    assert client.post(f"{PATH}invitations/{row.id}/revocation/").url == PATH
    assert Client().get(path).status_code == 404
    assert client.post(f"{PATH}invitations/{row.id}/revocation/").status_code == 404


def test_second_invitation_replaces_the_first(client: Client, owner: User) -> None:
    first, second = invited(client), invited(client)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)


@pytest.mark.parametrize("token", ["x", "x" * 44, "%00", "a" * 3000])
def test_forged_invitation_is_404(client: Client, owner: User, token: str) -> None:
    assert Client().get(f"/invitation/{token}/").status_code == 404


def test_invitation_mail_goes_to_the_system_mail_folder_without_a_server(
    client: Client, owner: User, settings: Any, data_dir: Path
) -> None:
    settings.EMAIL_BACKEND = "admitone.accounts.system_mail.SystemMailBackend"
    client.post(PATH, {"email": "file@example.com", "role": "member"})
    run_pending(now=factories.NOW)
    files = [path.read_text() for path in (data_dir / "system-mail").glob("*.eml")]
    assert [text.count("To: file@example.com") for text in files] == [1]


def test_somebody_in_the_team_is_not_invited_again(client: Client, owner: User) -> None:
    response = client.post(PATH, {"email": owner.email.upper(), "role": "member"})
    assert response.status_code == 422
    assert "already in the team" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("member", "settings/general/", 403),
        ("member", "settings/team/", 403),
        ("member", "settings/api-keys/", 403),
        ("member", "", 200),
        ("admin", "settings/general/", 200),
        ("admin", "settings/team/", 200),
        ("admin", "settings/api-keys/", 200),
        ("owner", "settings/team/", 200),
    ],
)
def test_role_opens_pages(account: Account, role: str, path: str, status: int) -> None:
    client = signed_in(factories.member(account, role))
    assert client.get(f"/app/north-clinic/{path}").status_code == status


def test_admin_neither_makes_nor_unmakes_owners(owner: User, account: Account) -> None:
    admin, person = factories.member(account, "admin"), factories.member(account)
    client = signed_in(admin)
    of_owner, of_person = Membership.objects.get(user=owner), Membership.objects.get(user=person)
    assert client.post(PATH, {"email": "x@example.com", "role": "owner"}).status_code == 422
    assert client.post(f"{PATH}{of_person.id}/", {"role": "owner"}).status_code == 422
    assert client.post(f"{PATH}{of_owner.id}/", {"role": "member"}).status_code == 403
    assert client.post(f"{PATH}{of_owner.id}/removal/").status_code == 403
    assert client.post(f"{PATH}{of_person.id}/", {"role": "admin"}).url == PATH
    assert Membership.objects.get(user=person).role == "admin"


def test_last_owner_stays(client: Client, owner: User) -> None:
    row = Membership.objects.get(user=owner)
    response = client.post(f"{PATH}{row.id}/", {"role": "admin"})
    assert (response.status_code, "at least one owner" in response.content.decode()) == (422, True)
    assert client.post(f"{PATH}{row.id}/removal/").status_code == 409
    assert Membership.objects.get().role == "owner"


def test_second_owner_may_step_down_and_leave(client: Client, owner: User, account: Account) -> None:
    factories.owner(account)
    row = Membership.objects.get(user=owner)
    assert client.post(f"{PATH}{row.id}/removal/").url == "/app/"
    assert client.get(PATH).status_code == 404


def test_member_gets_levels_per_calendar(client: Client, owner: User, account: Account) -> None:
    calendar = factories.calendar(account)
    user = factories.member(account)
    row = Membership.objects.get(user=user)
    field = f"calendar_{calendar.id.hex}"
    assert client.post(f"{PATH}{row.id}/", {"role": "member", field: "view"}).url == PATH
    assert levels_of(account, user.id) == {calendar.id: "view"}
    assert 'value="view" selected' in client.get(f"{PATH}{row.id}/").content.decode()
    assert client.post(f"{PATH}{row.id}/", {"role": "member", field: "everything"}).status_code == 422
    assert client.post(f"{PATH}{row.id}/", {"role": "member", field: ""}).url == PATH
    assert levels_of(account, user.id) == {}


def test_removed_member_loses_calendars_and_entry(client: Client, owner: User, account: Account) -> None:
    user = factories.member(account)
    CalendarAccess.objects.create(calendar=factories.calendar(account), user=user, level="manage")
    row = Membership.objects.get(user=user)
    other = signed_in(user)
    assert client.post(f"{PATH}{row.id}/removal/").url == PATH
    run_pending(now=factories.NOW)
    assert other.get("/app/north-clinic/").status_code == 404
    assert not CalendarAccess.objects.exists()


def test_foreign_member_and_invitation_are_404(client: Client, owner: User) -> None:
    foreign = factories.account()
    row = Membership.objects.create(account=foreign, user=factories.user(), role="member", created_at=factories.NOW)
    for path in (f"{row.id}/", "nonsense/"):
        assert client.get(PATH + path).status_code == 404
        assert client.post(PATH + path, {"role": "member"}).status_code == 404
        assert client.post(f"{PATH}{path}removal/").status_code == 404
        assert client.post(f"{PATH}invitations/{path}revocation/").status_code == 404
    assert Membership.objects.filter(account=foreign).count() == 1


def test_team_page_takes_the_same_statements_for_any_number_of_people(
    client: Client, owner: User, account: Account
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in range(2):
        factories.member(account)
        invited(client, f"person-{n}@example.com")
        with CaptureQueriesContext(connection) as seen:
            client.get(PATH)
        counts.append(len(seen))
    assert counts[0] == counts[1]

"""The first visit of an empty installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts import setup
from admitone.accounts.models import Account, AgencyAdmin, Membership, RateCount, User
from admitone.calendars.models import Calendar, Host, Hours
from admitone.events.models import Event

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Ada Lovelace",
    "email": "Ada@Example.com",
    "password": "a very long password",
    "business": "North Clinic",
    "timezone": "Europe/Berlin",
}


@pytest.fixture(autouse=True)
def no_token(data_dir: Path) -> None:
    (data_dir / "setup-token").unlink(missing_ok=True)


def fill(client: Client, **changes: Any) -> Any:
    return client.post("/setup/", {"token": setup.ensure_setup_token() or "", **FORM, **changes})


def test_token_is_made_once_with_mode_600(data_dir: Path) -> None:
    token = setup.ensure_setup_token()
    assert token == setup.ensure_setup_token()
    assert len(token or "") == 32
    assert (data_dir / "setup-token").stat().st_mode & 0o777 == 0o600


def test_token_is_none_and_gone_once_somebody_can_sign_in(data_dir: Path) -> None:
    setup.ensure_setup_token()
    factories.user()
    assert setup.ensure_setup_token() is None
    assert not (data_dir / "setup-token").exists()
    assert not setup.is_setup_token("")


@pytest.mark.parametrize(
    "path", ["/", "/app/", "/app/me/", "/app/clinic/", "/accounts/login/", "/accounts/password/reset/"]
)
def test_every_door_of_an_empty_installation_leads_to_set_up(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, "/setup/")


def test_set_up_makes_everything_a_first_booking_needs(client: Client) -> None:
    response = fill(client)
    assert (response.status_code, response["Location"]) == (302, "/app/north-clinic/")
    user = User.objects.get()
    account = Account.objects.get()
    assert (user.name, user.email, user.timezone, user.check_password(FORM["password"])) == (
        "Ada Lovelace",
        "ada@example.com",
        "Europe/Berlin",
        True,
    )
    assert (account.name, account.slug, account.timezone, account.is_demo) == (
        "North Clinic",
        "north-clinic",
        "Europe/Berlin",
        False,
    )
    assert Membership.objects.get().role == "owner"
    assert AgencyAdmin.objects.get().user == user
    assert Host.objects.get().user == user
    assert Calendar.objects.get().name == "30 minute meeting"
    assert list(Hours.objects.values_list("weekday", "start", "end")) == [(day, 540, 1020) for day in range(5)]
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["account.created", "calendar.created"]
    assert client.get("/app/north-clinic/").status_code == 200


def test_set_up_with_a_wrong_token_changes_nothing(client: Client) -> None:
    setup.ensure_setup_token()
    response = client.post("/setup/", {**FORM, "token": "wrong"})
    assert response.status_code == 422
    assert "This is not the set-up token." in response.content.decode()
    assert 'value="Ada Lovelace"' in response.content.decode()
    assert not User.objects.exists()


def test_set_up_without_a_token_file_is_refused(client: Client) -> None:
    assert client.post("/setup/", {**FORM, "token": ""}).status_code == 422
    assert not User.objects.exists()


def test_set_up_is_404_for_ever_after(client: Client) -> None:
    fill(client)
    assert client.get("/setup/").status_code == 404
    assert fill(Client(), email="second@example.com").status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "nobody", "email address"),
        ("password", "short", "at least 10 characters"),
        ("password", "password123", "too common"),
        ("password", "ada@example.com", "too similar"),
        ("timezone", "Mars/Olympus", "time zone from the list"),
        ("name", "", "required"),
        ("business", "x" * 500, "at most 120"),
        ("name", "\u202e\u200b", "Enter a name."),
    ],
)
def test_set_up_with_a_bad_value_says_so_at_its_field(client: Client, field: str, value: str, sentence: str) -> None:
    response = fill(client, **{field: value})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert f'aria-describedby="id_{field}' in response.content.decode()
    assert not User.objects.exists()


def test_set_up_is_rate_limited(client: Client, freeze: Any) -> None:
    answers = [client.post("/setup/", {**FORM, "token": "guess"}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
    assert RateCount.objects.get().count == 21


def test_reserved_business_name_gets_another_address(client: Client) -> None:
    assert fill(client, business="API").url == "/app/practice/"


def test_business_without_latin_letters_gets_an_address(client: Client) -> None:
    assert fill(client, business="診療所").url == "/app/practice/"

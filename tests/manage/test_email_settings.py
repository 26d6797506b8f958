"""Settings > Email in the browser's shoes, against a real SMTP server."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.smtp import SmtpServer, free_port

from admitone.accounts.models import Account
from admitone.accounts.sealing import unseal
from admitone.events.models import Event
from admitone.messaging.models import EmailSettings

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/settings/email/"


@pytest.fixture
def account(client: Client) -> Account:
    account = factories.account(slug="north-clinic", name="North Clinic")
    client.force_login(factories.member(account, "admin", email="admin@example.com"))
    return account


def form(server: SmtpServer | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "host": server.host if server else "smtp.example.com",
        "port": server.port if server else 587,
        "security": "none" if server else "starttls",
        "username": "",
        "password": "",
        "from_name": "North",
        "from_email": "north@example.com",
        "reply_to": "desk@example.com",
        "to": "",
        **fields,
    }


def test_save_keeps_everything_and_seals_the_password(client: Client, account: Account) -> None:
    assert client.post(PATH, form(username="north", password="s3cret!")).url == PATH
    stored = EmailSettings.objects.get(account=account)
    assert (stored.host, stored.port, stored.security, stored.username) == (
        "smtp.example.com",
        587,
        "starttls",
        "north",
    )
    assert (stored.from_name, stored.from_email, stored.reply_to) == ("North", "north@example.com", "desk@example.com")
    assert "s3cret!" not in stored.password_sealed
    assert unseal(stored.password_sealed) == "s3cret!"
    assert "s3cret!" not in client.get(PATH).content.decode()
    events = Event.objects.filter(kind="email_settings.changed")
    assert [sorted(event.facts) for event in events] == [["changed"]]
    assert "s3cret" not in str(events[0].facts)


def test_empty_password_keeps_the_stored_one(client: Client, account: Account) -> None:
    client.post(PATH, form(username="north", password="s3cret!"))
    client.post(PATH, form(username="north", from_name="Other"))
    stored = EmailSettings.objects.get(account=account)
    assert (stored.from_name, unseal(stored.password_sealed)) == ("Other", "s3cret!")


@pytest.mark.parametrize("change", [{"host": "smtp.evil.example"}, {"username": "other"}])
def test_stored_password_is_not_handed_to_another_server(
    client: Client, account: Account, change: dict[str, str]
) -> None:
    client.post(PATH, form(username="north", password="s3cret!"))
    response = client.post(PATH, form(**{"username": "north", **change}))
    assert response.status_code == 422
    assert "Enter the password again" in response.content.decode()
    assert EmailSettings.objects.get(account=account).host == "smtp.example.com"


def test_clearing_the_user_name_forgets_the_password(client: Client, account: Account) -> None:
    client.post(PATH, form(username="north", password="s3cret!"))
    client.post(PATH, form())
    assert EmailSettings.objects.get(account=account).password_sealed == ""


def test_send_test_shows_the_servers_acceptance(client: Client, account: Account, smtp_server: SmtpServer) -> None:
    client.post(PATH, form(smtp_server, do="test", to="me@example.com"))
    assert [mail.recipients for mail in smtp_server.messages] == [("me@example.com",)]
    mail = smtp_server.messages[0].message
    assert (mail["From"], mail["Reply-To"]) == ("North <north@example.com>", "desk@example.com")
    stored = EmailSettings.objects.get(account=account)
    assert (stored.test_ok, stored.test_answer) == (True, "250 OK")
    assert "250 OK" in client.get(PATH).content.decode()


def test_send_test_without_address_goes_to_oneself(client: Client, account: Account, smtp_server: SmtpServer) -> None:
    client.post(PATH, form(smtp_server, do="test"))
    assert smtp_server.messages[0].recipients == ("admin@example.com",)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("refuse_recipient", "550 5.1.1 No such mailbox here"),
        ("refuse_message", "554 5.7.1 Message looks like spam"),
        ("busy", "451 4.3.2 Try again later"),
    ],
)
def test_send_test_shows_the_servers_refusal(
    client: Client, account: Account, smtp_server: SmtpServer, mode: str, words: str
) -> None:
    smtp_server.mode = mode
    client.post(PATH, form(smtp_server, do="test"))
    stored = EmailSettings.objects.get(account=account)
    assert (stored.test_ok, stored.test_answer) == (False, words)
    assert words in client.get(PATH).content.decode()
    assert [event.facts for event in Event.objects.filter(kind="email_settings.tested")] == [{"ok": False}]


def test_send_test_with_a_wrong_password_shows_the_servers_words(
    client: Client, account: Account, smtp_server: SmtpServer
) -> None:
    smtp_server.require_login("north", "right")
    client.post(PATH, form(smtp_server, do="test", username="north", password="wrong"))
    assert EmailSettings.objects.get(account=account).test_answer.startswith("535 ")
    client.post(PATH, form(smtp_server, do="test", username="north", password="right"))
    assert EmailSettings.objects.get(account=account).test_ok is True


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"security": "starttls"}, "STARTTLS extension not supported by server."),
        ({"port": "closed"}, "The mail server cannot be reached: Connection refused"),
        ({"host": "smtp.invalid"}, "The mail server cannot be reached: reserved name: smtp.invalid"),
    ],
)
def test_send_test_to_a_server_that_does_not_fit_says_why(
    client: Client, account: Account, smtp_server: SmtpServer, fields: dict[str, Any], answer: str
) -> None:
    fields = {name: free_port() if value == "closed" else value for name, value in fields.items()}
    client.post(PATH, form(smtp_server, do="test", **fields))
    assert EmailSettings.objects.get(account=account).test_answer == answer


def test_saving_forgets_an_earlier_test(client: Client, account: Account, smtp_server: SmtpServer) -> None:
    client.post(PATH, form(smtp_server, do="test"))
    client.post(PATH, form(smtp_server, from_name="Other"))
    assert EmailSettings.objects.get(account=account).tested_at is None


def test_remove_forgets_server_and_password(client: Client, account: Account) -> None:
    client.post(PATH, form(username="north", password="s3cret!"))
    client.post(PATH, {"do": "remove"})
    stored = EmailSettings.objects.get(account=account)
    assert (stored.host, stored.username, stored.password_sealed) == ("", "", "")
    assert stored.from_email == "north@example.com"


@pytest.mark.parametrize(
    "fields",
    [
        {"host": "smtp example.com"},
        {"host": "http://smtp.example.com/"},
        {"host": "x" * 300},
        {"port": "0"},
        {"port": "65536"},
        {"port": "x"},
        {"port": ""},
        {"security": "magic"},
        {"from_email": ""},
        {"from_email": "north@example.com\r\nBcc: evil@example.com"},
        {"reply_to": "not an address"},
        {"to": "not an address"},
        {"from_name": "x" * 121},
    ],
)
def test_bad_values_are_refused_and_nothing_is_stored(client: Client, account: Account, fields: dict[str, str]) -> None:
    assert client.post(PATH, form(**fields)).status_code == 422
    assert not EmailSettings.objects.exists()


def test_line_breaks_in_the_senders_name_are_flattened(client: Client, account: Account) -> None:
    client.post(PATH, form(from_name="North\r\nBcc: evil@example.com"))
    assert EmailSettings.objects.get(account=account).from_name == "North Bcc: evil@example.com"


def test_member_may_not_see_it(client: Client, account: Account) -> None:
    client.force_login(factories.member(account))
    assert client.get(PATH).status_code == 403
    assert client.post(PATH, form()).status_code == 403


def test_another_account_is_not_found(client: Client, account: Account) -> None:
    factories.account(slug="other")
    assert client.get("/app/other/settings/email/").status_code == 404

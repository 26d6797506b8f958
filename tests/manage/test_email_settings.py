"""Settings > Email in the browser's shoes, against a real SMTP server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from tests import factories
from tests.esp import EspServer
from tests.smtp import SmtpServer, free_port

from admitone.accounts.models import Account
from admitone.accounts.sealing import unseal
from admitone.events.models import Event
from admitone.messaging.models import ChannelHealth, EmailSettings

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


def service_form(provider: str = "postmark", **fields: Any) -> dict[str, Any]:
    values = {"from_name": "North", "from_email": "north@example.com", "reply_to": "", "daily_cap": "", "to": ""}
    return {"provider": provider, **values, **fields}


def test_service_is_kept_its_key_never_shown_and_its_reports_have_an_address(client: Client, account: Account) -> None:
    page = client.get(f"{PATH}?provider=postmark").content.decode()
    assert 'name="server_token"' in page
    assert client.post(PATH, service_form(server_token="pm-s3cret", daily_cap="50")).url == PATH
    stored = EmailSettings.objects.get(account=account)
    assert (stored.provider, stored.daily_cap, stored.from_email) == ("postmark", 50, "north@example.com")
    assert "pm-s3cret" not in stored.provider_sealed
    page = client.get(PATH).content.decode()
    assert ("pm-s3cret" in page, "/hooks/email/postmark/" in page, "Today: 0 of 50." in page) == (False, True, True)
    assert client.post(PATH, service_form()).url == PATH
    assert json.loads(unseal(EmailSettings.objects.get(account=account).provider_sealed)) == {
        "server_token": "pm-s3cret"
    }


def test_service_without_its_key_is_refused_at_the_field(client: Client, account: Account) -> None:
    answer = client.post(PATH, service_form("mailgun", sender_domain="mg.example.com"))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["api_key"])
    assert not EmailSettings.objects.exists()


def test_test_by_a_service_shows_its_own_words(client: Client, account: Account) -> None:
    with EspServer(status=401, body='{"ErrorCode": 10, "Message": "No such token"}') as esp:
        with override_settings(ANYMAIL=esp.settings):
            client.post(PATH, service_form(server_token="x", do="test"))
        assert len(esp.got) == 1
    assert "401 Unauthorized: No such token" in client.get(PATH).content.decode()


def test_removing_a_service_forgets_its_key(client: Client, account: Account) -> None:
    client.post(PATH, service_form(server_token="x"))
    client.post(PATH, {"do": "remove"})
    stored = EmailSettings.objects.get(account=account)
    assert (stored.provider, stored.provider_sealed) == ("smtp", "")


@pytest.mark.parametrize("cap", ["0", "-5", "many", "1000001"])
def test_cap_that_cannot_be_meant_is_refused(client: Client, account: Account, cap: str) -> None:
    answer = client.post(PATH, form(daily_cap=cap))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["daily_cap"])


def test_channel_that_fails_stands_on_every_page_until_something_gets_out(client: Client, account: Account) -> None:
    row = ChannelHealth.objects.create(account=account, channel="email", failing_since=factories.NOW, words="401 No")
    page = client.get("/app/north-clinic/").content.decode()
    assert ("Mails do not get out:" in page, "401 No" in page) == (True, True)
    row.delete()
    assert "Mails do not get out:" not in client.get("/app/north-clinic/").content.decode()

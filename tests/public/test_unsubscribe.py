"""The page behind "Unsubscribe" in a workflow's mail."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.addresses import unsubscribe_url
from admitone.events import Event
from admitone.messaging.models import Message, OptOut

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def message() -> Message:
    account = factories.account(name="Lime", slug="lime")
    contact = factories.contact(account, email="Ana@example.com")
    return factories.message(account, contact=contact, to="Ana@example.com", unsubscribe=True)


@pytest.fixture
def path(message: Message) -> str:
    return unsubscribe_url(message.pk).removeprefix("http://testserver")


def rows() -> list[tuple[str, str, str]]:
    return list(OptOut.objects.values_list("channel", "address", "source"))


def test_page_asks_and_changes_nothing(client: Client, path: str) -> None:
    page = client.get(path)
    html = page.content.decode()
    assert (page.status_code, rows(), page["Cache-Control"]) == (200, [], "no-store")
    assert ("Unsubscribe?" in html, "A•••@example.com" in html, "Ana@example.com" in html) == (True, True, False)
    assert client.head(path).status_code == 200
    assert rows() == []


def test_button_opts_out_and_offers_the_way_back(client: Client, path: str, message: Message) -> None:
    answer = client.post(path, {"do": "unsubscribe"})
    assert (answer.status_code, answer["Location"]) == (303, path)
    assert rows() == [("email", "ana@example.com", "unsubscribe_link")]
    assert "You are unsubscribed" in client.get(path).content.decode()
    assert client.post(path, {"do": "subscribe"}).status_code == 303
    assert rows() == []
    assert "Unsubscribe?" in client.get(path).content.decode()
    kinds = Event.objects.filter(kind__startswith="opt_out.").order_by("id").values_list("kind", "subject_id")
    assert list(kinds) == [("opt_out.created", message.contact_id), ("opt_out.removed", message.contact_id)]


def test_mail_program_opts_out_by_one_request_without_a_cookie(path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for _again in range(2):
        assert strict.post(path, ONE_CLICK, headers={"origin": "https://mail.example"}).status_code == 200
    assert rows() == [("email", "ana@example.com", "one_click")]


def test_page_speaks_the_readers_language(client: Client, path: str, message: Message) -> None:
    assert message.contact
    message.contact.locale = "de"
    message.contact.save()
    assert client.get(path)["Content-Language"] == "de"
    assert client.get(path, headers={"accept-language": "es"})["Content-Language"] == "es"


@pytest.mark.parametrize("token", ["x", "A" * 44, "../../app"])
def test_unknown_token_is_no_page(client: Client, token: str) -> None:
    assert client.get(f"/u/{token}").status_code == 404
    assert client.post(f"/u/{token}", ONE_CLICK).status_code == 404
    assert rows() == []


def test_token_of_another_purpose_is_no_page(client: Client, message: Message) -> None:
    from admitone.accounts.keyring import keyring

    assert client.get(f"/u/{keyring().sign('o1', message.pk)}").status_code == 404


def test_slash_at_the_end_leads_to_the_page(client: Client, path: str) -> None:
    assert client.get(f"{path}/")["Location"] == path


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Abmelden?"), ("es", "¿Darse de baja?"), ("fr", "Se désabonner"), ("pt-br", "Cancelar inscrição?")],
)
def test_page_is_translated(client: Client, path: str, language: str, words: str) -> None:
    assert words in client.get(path, headers={"accept-language": language}).content.decode()

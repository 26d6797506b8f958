"""Messages > Templates in the browser's shoes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.messaging.conftest import use_server
from tests.smtp import SmtpServer

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events import Event
from admitone.messaging.models import MessageTemplate

pytestmark = pytest.mark.django_db
NOW = factories.NOW
BASE = "/app/north-clinic/messages/templates/"


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


@pytest.fixture(autouse=True)
def signed_in(client: Client, account: Account) -> None:
    client.force_login(factories.member(account, "admin", email="admin@example.com"))


@pytest.fixture
def contact(account: Account) -> Contact:
    return factories.contact(account, name="Ada Lovelace", email="ada@example.com", phone="")


def path(template: MessageTemplate, part: str = "") -> str:
    return f"{BASE}{template.pk}/{part}"


def html(client: Client, url: str, data: dict[str, Any] | None = None) -> str:
    return (client.post(url, data) if data is not None else client.get(url)).content.decode()


def test_template_is_made_written_copied_deleted_and_restored(client: Client, account: Account) -> None:
    made = client.post(f"{BASE}new/", {"name": "Welcome", "channel": "email"})
    template = MessageTemplate.objects.get(account=account)
    assert made.url == path(template)
    words = {"name": "Hello", "subject": "Hi {{ contact.first_name }}", "body": "Line\r\n\r\n{{ steps.link.url }}"}
    assert client.post(path(template), words).url == path(template)
    template.refresh_from_db()
    assert (template.name, template.subject, template.body) == (
        "Hello",
        words["subject"],
        "Line\n\n{{ steps.link.url }}",
    )
    client.post(path(template, "copy/"))
    copied = MessageTemplate.objects.exclude(pk=template.pk).get()
    assert (copied.name, copied.body) == ("Copy of Hello", template.body)
    client.post(path(template, "deletion/"))
    assert client.get(path(template)).status_code == 404
    assert "Deleted templates" in html(client, BASE)
    client.post(path(template, "restoration/"))
    assert client.get(path(template)).status_code == 200
    kinds = Event.objects.filter(kind__startswith="message_template.").order_by("id").values_list("kind", flat=True)
    verbs = [kind.partition(".")[2] for kind in kinds]
    assert verbs == ["created", "changed", "created", "deleted", "restored"]


def test_deletion_can_be_undone_for_30_days_only(client: Client, account: Account) -> None:
    from django.utils import timezone

    gone = factories.message_template(account, deleted_at=timezone.now() - timedelta(days=31))
    assert client.post(path(gone, "restoration/")).status_code == 404
    assert "Deleted templates" not in html(client, BASE)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("body", "Dear {{ contact.shoe }}", "There is no value called contact.shoe."),
        ("body", "{% for x in y %}", "for"),
        ("subject", "{{ nonsense }}", "There is no value called nonsense."),
        ("subject", "{{ contact.__class__ }}", "contact.__class__"),
        ("name", " ", "Give it a name."),
    ],
)
def test_wrong_words_are_refused_at_their_field(
    client: Client, account: Account, field: str, text: str, words: str
) -> None:
    template = factories.message_template(account)
    answer = client.post(path(template), {"name": "N", "subject": "S", "body": "B", field: text})
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    template.refresh_from_db()
    assert template.name == "Welcome"


def test_preview_shows_unsaved_words_as_one_contact_reads_them(
    client: Client, account: Account, contact: Contact
) -> None:
    template = factories.message_template(account)
    words = {"for": "ada@", "subject": "Hi {{ contact.first_name }}", "body": "See https://example.com\n\nBye"}
    answer = client.post(path(template, "preview/"), words)
    page = answer.content.decode()
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "Hi Ada" in page
    assert "href=&quot;https://example.com&quot;" in page
    assert "Unsubscribe" in page
    template.refresh_from_db()
    assert template.subject == "Hello"


def test_preview_warns_of_gaps_and_tells_faults(client: Client, account: Account, contact: Contact) -> None:
    template = factories.message_template(account)
    gap = html(client, path(template, "preview/"), {"subject": "S", "body": "{{ contact.phone }} {{ steps.a.url }}"})
    assert ("<code>contact.phone</code>" in gap, "[url: a]" in gap) == (True, True)
    fault = html(client, path(template, "preview/"), {"subject": "S", "body": "{{ contact.shoe }}"})
    assert "There is no value called contact.shoe." in fault
    nobody = html(client, path(template, "preview/") + "?for=nobody-like-this")
    assert "No contact is called" in nobody


def test_preview_runs_nothing_that_a_contact_typed(client: Client, account: Account, contact: Contact) -> None:
    contact.name = "<script>alert(1)</script>"
    contact.save()
    template = factories.message_template(account, subject="{{ contact.name }}", body="{{ contact.name }}")
    page = html(client, path(template, "preview/"))
    assert "<script" not in page
    assert "&amp;lt;script&amp;gt;" in page


def test_test_mail_comes_to_me_as_the_contact_would_read_it(
    client: Client, account: Account, contact: Contact, smtp_server: SmtpServer
) -> None:
    use_server(account, smtp_server)
    template = factories.message_template(account)
    words = {"name": "N", "subject": "Hi {{ contact.first_name }}", "body": "Yours", "do": "test", "for": "ada"}
    assert client.post(path(template), words).url == path(template) + "?for=ada"
    got = smtp_server.messages[0]
    assert (got.recipients, got.message["Subject"]) == (("admin@example.com",), "Hi Ada")
    assert "Yours" in got.html()


def test_test_mail_with_a_gap_is_held_back(
    client: Client, account: Account, contact: Contact, smtp_server: SmtpServer
) -> None:
    use_server(account, smtp_server)
    template = factories.message_template(account)
    page = client.post(
        path(template), {"name": "N", "subject": "S", "body": "{{ contact.phone }}", "do": "test"}, follow=True
    )
    assert "Not sent: contact.phone is empty." in page.content.decode()
    assert smtp_server.messages == []


def test_sms_template_has_no_subject(client: Client, account: Account, contact: Contact) -> None:
    template = factories.message_template(account, channel="sms", subject="")
    client.post(path(template), {"name": "N", "subject": "ignored", "body": "Hi {{ contact.first_name }}"})
    template.refresh_from_db()
    assert (template.subject, template.body) == ("", "Hi {{ contact.first_name }}")
    page = html(client, path(template, "preview/"))
    assert ("Hi Ada" in page, "<iframe" in page) == (True, False)


def test_member_may_look_but_not_change(client: Client, account: Account) -> None:
    template = factories.message_template(account)
    client.force_login(factories.member(account, "member", email="m@example.com"))
    assert client.get(BASE).status_code == 200
    assert "Save" not in html(client, path(template)).partition("<main")[2]
    for part in ("", "copy/", "deletion/", "restoration/"):
        assert client.post(path(template, part), {"name": "N", "body": "B", "subject": "S"}).status_code == 403
    assert client.get(f"{BASE}new/").status_code == 403

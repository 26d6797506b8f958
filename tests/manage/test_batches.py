"""Create many links: the form, its preview, progress, result."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories

from admitone.jobs import run_pending
from admitone.links.models import Batch, OneTimeLink
from admitone.logic.contact_rows import PersonRow, parse

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/links/batches/"
TABLE = "email,name,phone\nada@example.com,Ada,\nnope,Bob,\n,,+49 30 123456\n"


@pytest.fixture
def calendar(client: Client):
    account = factories.account(slug="north-clinic")
    client.force_login(factories.owner(account))
    return factories.calendar(account)


def ask(client, calendar, **fields):
    return client.post(f"{PATH}new/", {"calendar": str(calendar.id), "expires_in": "never", **fields})


def test_number_is_made_and_shown(client, calendar, freeze):
    assert client.get(f"{PATH}new/").status_code == 200
    page = ask(client, calendar, count="3", label="Fair").url
    assert "0 / 3" in client.get(page).content.decode()
    assert client.get(f"{page}progress/", headers={"HX-Request": "true"}).headers.get("HX-Refresh") is None
    assert client.get(f"{page}progress/").url == page
    run_pending(factories.NOW)
    assert client.get(f"{page}progress/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    text = client.get(page).content.decode()
    assert ("3 / 3" in text, text.count("/o/")) == (True, 3)
    assert OneTimeLink.objects.first().label == "Fair"
    assert Batch.objects.get().created_by is not None
    assert client.get(PATH).status_code == 200


def test_list_is_previewed_with_its_errors_then_made(client, calendar, freeze):
    seen = ask(client, calendar, table=TABLE).content.decode()
    assert ("3 people in the list" in seen, "1 row gets no link" in seen, "Line 3:" in seen) == (True, True, True)
    assert "Create 2 links" in seen
    assert Batch.objects.count() == 0
    page = ask(client, calendar, table=TABLE, confirmed="1").url
    run_pending(factories.NOW)
    assert OneTimeLink.objects.count() == 2
    csv = b"".join(client.get(f"{page}links.csv").streaming_content).decode()
    assert (csv.count("/o/"), csv.count("ada@example.com"), len(csv.splitlines())) == (2, 1, 4)
    assert client.get(page, {"state": "failed"}).content.decode().count("/o/") == 0


def test_contacts_of_a_filter_are_the_list_to_look_at(client, calendar):
    ada, _bob = (factories.contact(calendar.account, name=name) for name in ('Ada "A" Lovelace, Countess', "Bob"))
    listed = client.get("/app/north-clinic/contacts/", {"q": "lovelace"}).content.decode()
    assert f"{PATH}new/?contacts=1&amp;q=lovelace" in listed or f"{PATH}new/?contacts=1&q=lovelace" in listed
    table = client.get(f"{PATH}new/", {"contacts": "1", "q": "lovelace"}).context["form"].initial["table"]
    assert parse(table) == [PersonRow(1, ada.email, ada.name, "")]


def test_uploaded_file_stays_in_the_form(client, calendar):
    file = SimpleUploadedFile("people.csv", TABLE.replace("Ada", "Zoë").encode("cp1252"))
    text = ask(client, calendar, file=file).content.decode()
    assert ("Zoë" in text, "ada@example.com,Zoë" in text) == (True, True)


@pytest.mark.parametrize(
    "fields", [{}, {"count": "0"}, {"count": "10001"}, {"count": "2", "table": TABLE}, {"table": 'a,"b'}]
)
def test_form_that_asks_for_nothing_sensible_is_shown_again(client, calendar, fields):
    assert ask(client, calendar, **fields).status_code == 422
    assert Batch.objects.count() == 0


def test_policy_without_people_is_prefill(client, calendar):
    ask(client, calendar, count="1", contact_policy="refuse")
    assert Batch.objects.get().terms["contact_policy"] == "prefill"


def test_member_sees_only_batches_of_their_calendars(client, calendar):
    page = ask(client, calendar, count="1").url
    other = Client()
    other.force_login(factories.member(calendar.account))
    assert other.get(page).status_code == 404
    assert "0 / 1" not in other.get(PATH).content.decode()
    assert ask(other, calendar, count="1").status_code == 422

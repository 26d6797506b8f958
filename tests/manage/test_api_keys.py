from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client
from tests import factories

from admitone.accounts import queries
from admitone.accounts.models import Account, ApiKey
from admitone.events.models import Event

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/settings/api-keys/"


@pytest.fixture
def account(client: Client) -> Account:
    account = factories.account(slug="north-clinic")
    client.force_login(factories.member(account, "admin"))
    return account


def test_key_is_shown_once_and_stored_as_a_hash(client: Client, account: Account) -> None:
    response = client.post(PATH, {"name": "Website", "scopes": ["write", "read"]})
    assert response.status_code == 201
    secret = re.search(r"ao_[\w-]{43}", response.content.decode()).group()  # type: ignore[union-attr]
    key = ApiKey.objects.get()
    assert (key.name, key.scopes, key.prefix) == ("Website", ["read", "write"], secret[:10])
    assert key.key_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in client.get(PATH).content.decode()
    assert queries.key_for(secret, factories.NOW.replace(year=2100)) == key


def test_revoked_key_stops_working(client: Client, account: Account) -> None:
    key, secret = factories.api_key(account)
    assert queries.key_for(secret, factories.NOW) == key
    assert client.post(f"{PATH}{key.id}/revocation/").url == PATH
    assert queries.key_for(secret, factories.NOW) is None
    assert client.post(f"{PATH}{key.id}/revocation/").url == PATH
    assert list(Event.objects.values_list("kind", flat=True)) == ["api_key.revoked"]


def test_key_for_anything_else_is_none(account: Account) -> None:
    for secret in ("", "ao_", "nonsense", "ao_" + "x" * 43, "ao_" + "x" * 5000, "ao_\0"):
        assert queries.key_for(secret, factories.NOW) is None


def test_key_of_another_account_cannot_be_revoked(client: Client, account: Account) -> None:
    key, secret = factories.api_key(factories.account())
    assert client.post(f"{PATH}{key.id}/revocation/").status_code == 404
    assert client.post(f"{PATH}not-an-id/revocation/").status_code == 404
    assert queries.key_for(secret, factories.NOW) == key


@pytest.mark.parametrize("form", [{}, {"name": "x"}, {"name": "x", "scopes": "root"}, {"name": "", "scopes": "read"}])
def test_key_without_name_or_scope_is_refused(client: Client, account: Account, form: dict[str, str]) -> None:
    assert client.post(PATH, form).status_code == 422
    assert not ApiKey.objects.exists()


def test_member_may_not_see_keys(account: Account) -> None:
    client = Client()
    client.force_login(factories.member(account))
    assert client.get(PATH).status_code == 403
    assert client.post(PATH, {"name": "x", "scopes": ["read"]}).status_code == 403


def test_keys_page_takes_the_same_statements_for_any_number_of_keys(
    client: Client, account: Account, django_assert_num_queries: object
) -> None:
    counts = []
    for _ in range(2):
        factories.api_key(account)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            client.get(PATH)
        counts.append(len(seen))
    assert counts[0] == counts[1]

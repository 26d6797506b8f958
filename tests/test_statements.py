"""Statements compiled once: the same rows as the queryset gives, and rows written as the ORM writes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from pytest_django import DjangoAssertNumQueries
from tests import factories

from admitone.contacts.models import Contact
from admitone.logic.ids import uuid7
from admitone.messaging.models import Message
from admitone.statements import Prepared, insert, insert_all, insertion, unhurried, update

pytestmark = pytest.mark.django_db
WITH_CONTACT = Prepared(
    lambda account, channel: (
        Message.objects.filter(account_id=account, channel=channel, status="queued")
        .select_related("contact", "account")
        .defer("html")
        .order_by("key")
    ),
    account=UUID,
    channel=str,
)


def message(account_id: UUID, key: str, contact: Contact | None = None) -> Message:
    values: dict[str, Any] = {
        "account_id": account_id,
        "contact": contact,
        "kind": "test",
        "key": key,
        "to": "a@example.com",
    }
    return Message(**values, html="<p>", created_at=factories.NOW)


def test_prepared_statement_gives_rows_with_their_relations(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    contact = factories.contact(factories.account())
    mine, other = contact.account, factories.account()
    assert insert_all([message(mine.id, "b"), message(mine.id, "a", contact), message(other.id, "c")]) == 3
    for _ in range(2):
        with django_assert_num_queries(1):
            found = WITH_CONTACT.all(account=mine.id, channel="email")
            assert [(one.key, one.contact, one.account) for one in found] == [("a", contact, mine), ("b", None, mine)]
            assert found[0].created_at == factories.NOW
        assert [one.html for one in found] == ["<p>", "<p>"]
    assert [one.key for one in WITH_CONTACT.all(account=other.id, channel="email")] == ["c"]
    assert WITH_CONTACT.first(account=mine.id, channel="sms") is None


def test_row_that_a_constraint_knows_is_not_written_again() -> None:
    account = factories.account()
    first = message(account.id, "once")
    assert insert(first)
    assert not insert(message(account.id, "once"))
    assert Message.objects.get() == first
    with pytest.raises(IntegrityError):
        insert_all([message(account.id, "once")], strictly=True)


def test_update_writes_the_named_columns_alone() -> None:
    row = message(factories.account().id, "one")
    insert(row)
    row.status, row.error = "failed", "No server."
    update(row, "status")
    kept = Message.objects.get(pk=row.id)
    assert (kept.status, kept.error) == ("failed", "")


def test_nothing_is_found_for_a_key_that_is_not_there() -> None:
    assert Prepared(lambda key: Contact.objects.filter(pk=key), key=UUID).first(key=uuid7()) is None


def test_values_are_bound_as_their_fields_bind_them() -> None:
    account = factories.account()
    row = message(account.id, "one", factories.contact(account))
    fields = [field for field, _ways in insertion(Message, connection.vendor).fields]
    own = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    bound = insertion(Message, connection.vendor).values(row, connection)
    assert list(map(plain, bound)) == list(map(plain, own))


def plain(value: Any) -> Any:
    """What psycopg wraps JSON in is equal to itself alone."""
    return getattr(value, "obj", value)


@pytest.mark.django_db(transaction=True)
def test_unhurried_transaction_commits_and_the_next_one_waits_for_the_disk_again() -> None:
    before = patience()
    with unhurried():
        insert(message(factories.account().id, "one"))
    assert Message.objects.count() == 1
    assert patience() == before


def patience() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return cursor.fetchone()[0]

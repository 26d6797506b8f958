"""Everything that is kept about a person is known: no key to Contact is forgotten, an export holds what there is."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from tests import factories

from admitone.contacts.models import Contact
from admitone.contacts.personal import REGISTRY, counts, export

NOW = factories.NOW


def keys_to_contact() -> set[str]:
    """Foreign keys, and plain columns that are called like one."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            plain = isinstance(field, models.UUIDField) and field.name == "contact_id"
            if field.related_model is Contact or plain:
                found.add(f"{model._meta.app_label}.{model.__name__}.{field.name}")
    return found


def test_every_key_to_a_contact_is_registered() -> None:
    assert keys_to_contact() - set(REGISTRY) == set()


def test_every_registered_key_is_a_column() -> None:
    for key in REGISTRY:
        app, model, field = key.split(".")
        assert apps.get_model(app, model)._meta.get_field(field)


@pytest.mark.django_db
def test_counts_say_in_words_what_there_is() -> None:
    calendar = factories.calendar(factories.account())
    booking = factories.booking(calendar)
    factories.tag(booking.contact)
    factories.tag(booking.contact)
    assert sorted(counts(booking.contact)) == ["1 appointment", "2 tags"]


@pytest.mark.django_db
def test_export_holds_rows_of_every_kind_as_plain_values() -> None:
    account = factories.account()
    booking = factories.booking(factories.calendar(account), name="Ana", note="Shy")
    factories.submission(factories.form(account), email=booking.email)
    found = export(booking.contact)
    assert found["contact"]["email"] == booking.email
    assert [(row["name"], row["note"]) for row in found["appointments"]] == [("Ana", "Shy")]
    assert [row["answers"]["email"] for row in found["form_answers"]] == [booking.email]
    assert (found["notes"], found["opportunities"]) == ([], [])

"""Payments of a person: amounts and ids of the provider, nothing that names them."""

from __future__ import annotations

from django.utils.translation import ngettext_lazy

from admitone.contacts.personal import PersonalData, personal_data


@personal_data("integrations.Payment", "contact")
class Payments(PersonalData):
    noun = "payments"
    words = ngettext_lazy("%(n)d payment", "%(n)d payments", "n")
    shown = ("id", "amount_minor", "currency", "provider_id", "created_at")

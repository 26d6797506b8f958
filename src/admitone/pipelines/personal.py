"""Opportunities with a person; their names are often the person's."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import ngettext_lazy

from admitone.contacts.personal import PersonalData, personal_data


@personal_data("pipelines.Opportunity", "contact")
class Opportunities(PersonalData):
    noun = "opportunities"
    words = ngettext_lazy("%(n)d opportunity", "%(n)d opportunities", "n")
    shown = ("id", "pipeline__name", "stage__name", "name", "value_minor", "currency", "status", "created_at")
    blank: ClassVar = {"name": "—"}

"""Missed calls of a person."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import ngettext_lazy

from admitone.contacts.personal import PersonalData, personal_data


@personal_data("calls.MissedCall", "contact")
class MissedCalls(PersonalData):
    noun = "missed_calls"
    words = ngettext_lazy("%(n)d missed call", "%(n)d missed calls", "n")
    shown = ("id", "number__number", "caller", "outcome", "note", "at")
    blank: ClassVar = {"caller": "", "note": ""}

"""What a person answered in forms."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import ngettext_lazy

from admitone.contacts.personal import PersonalData, personal_data


@personal_data("forms.Submission", "contact")
class Submissions(PersonalData):
    noun = "form_answers"
    words = ngettext_lazy("%(n)d form answer", "%(n)d form answers", "n")
    shown = ("id", "form__name", "form_version", "answers", "meta", "created_at")
    blank: ClassVar = {"answers": {}, "meta": {}}

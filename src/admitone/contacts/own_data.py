"""The contacts app's own rows about a person: tags, notes, tasks, rows of imports, contacts merged into this one."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.utils.translation import ngettext_lazy

from admitone.contacts.models import Contact, ContactTag
from admitone.contacts.personal import PersonalData, personal_data


@personal_data("contacts.ContactTag", "contact")
class Tags(PersonalData):
    noun = "tags"
    words = ngettext_lazy("%(n)d tag", "%(n)d tags", "n")
    shown = ("tag__name", "at")

    @classmethod
    def merge(cls, keep: Contact, drop: Contact, now: datetime) -> None:
        """A tag that both have stays once."""
        both = ContactTag.objects.filter(contact=keep).values("tag")
        ContactTag.objects.filter(contact=drop, tag__in=both).delete()
        super().merge(keep, drop, now)

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        cls.rows(contact.id).delete()


@personal_data("contacts.Note", "contact")
class Notes(PersonalData):
    noun = "notes"
    words = ngettext_lazy("%(n)d note", "%(n)d notes", "n")
    shown = ("id", "text", "created_at")
    blank: ClassVar = {"text": ""}


@personal_data("contacts.Task", "contact")
class Tasks(PersonalData):
    noun = "tasks"
    words = ngettext_lazy("%(n)d task", "%(n)d tasks", "n")
    shown = ("id", "title", "due_at", "done_at", "created_at")

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        cls.rows(contact.id).update(title="")
        cls.rows(contact.id).filter(done_at=None).update(done_at=now)


@personal_data("contacts.ImportRow", "contact")
class ImportRows(PersonalData):
    noun = "import_rows"
    shown = ("batch__filename", "number", "cells")
    blank: ClassVar = {"cells": []}


@personal_data("contacts.Contact", "merged_into")
class Merged(PersonalData):
    """Contacts that became this one: empty already, only the key moves."""

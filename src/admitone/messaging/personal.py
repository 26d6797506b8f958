"""Messages about a person. Apps above blank with `blank()` what else was written because of their rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from admitone.contacts.models import Contact
from admitone.contacts.personal import PersonalData, personal_data
from admitone.messaging.models import Message

EMPTY = dict.fromkeys(("to", "sender", "reply_to", "subject", "text", "html", "ics"), "")
UNSENT = ("queued", "sending")


@personal_data("messaging.Message", "contact")
class Messages(PersonalData):
    noun = "messages"
    words = ngettext_lazy("%(n)d message", "%(n)d messages", "n")
    shown = ("id", "channel", "direction", "to", "sender", "subject", "text", "status", "created_at", "sent_at")

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        blank(cls.rows(contact.id))


def blank(rows: QuerySet[Message, Any]) -> None:
    """Take away who they were for and what they said; those not sent yet are not sent."""
    rows.filter(status__in=UNSENT).update(**EMPTY, status="failed", error="The contact was erased.")
    rows.exclude(status="failed", to="").update(**EMPTY, error="")

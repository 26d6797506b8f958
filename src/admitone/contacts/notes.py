"""What colleagues and workflows write down about a contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.contacts.models import Note
from admitone.contacts.rows import locked
from admitone.events import Actor, Draft, record_many
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_text

MAX_NOTE = 4000


@transaction.atomic
def add_note(*, account: Account, contact_id: Any, text: str, actor: Actor, now: datetime) -> Note:
    """A note of up to 4,000 characters. Problem("invalid") at `text`, Problem("not_found") for the contact."""
    contact = locked(account, contact_id)
    note = Note.objects.create(account=account, contact=contact, text=_clean(text), by=_by(actor), created_at=now)
    facts = {"contact": str(contact.id), "note": str(note.id)}
    record_many([Draft(account.id, actor, now, "note.added", "contact", contact.id, facts)])
    return note


def _clean(raw: str) -> str:
    try:
        text = clean_text(raw, MAX_NOTE)
    except ValueError as error:
        raise Problem("invalid", fields={"text": str(error)}) from error
    if not text:
        raise Problem("invalid", fields={"text": _("Write something.")})
    return text


def _by(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"[:80]

"""The right to be forgotten: what is personal is blanked, ids and events stay, and a restored backup forgets again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts import personal, queries
from admitone.contacts.models import Contact
from admitone.contacts.rows import locked
from admitone.events import SYSTEM, Actor, Draft, record_many
from admitone.logic.clock import iso
from admitone.logic.errors import Problem


@transaction.atomic
def erase(
    *, account: Account, contact_id: Any, actor: Actor, now: datetime, cancel_appointments: bool = False
) -> Contact:
    """Blank everything personal. Problem("not_found"), Problem("appointments_ahead") unless they may be cancelled.

    Unused links are deleted and workflows stopped. Opt-outs stay: they keep the address from being written to again.
    """
    contact = queries.get(account, contact_id)
    if not cancel_appointments and personal.under_way(contact, now):
        raise Problem("appointments_ahead", _("Cancel the upcoming appointments first, or together with this."))
    for kind in personal.REGISTRY.values():
        kind.release(contact, actor, now)
    personal.hold([contact.id])
    contact = locked(account, contact_id)
    for kind in personal.REGISTRY.values():
        kind.erase(contact, now)
    empty(contact, now)
    record_many([_event(contact, actor, now)])
    ids = [contact.id, *ancestors(contact.id)]
    transaction.on_commit(lambda: keep_in_mind(account.id, ids, now))
    return contact


def _event(contact: Contact, actor: Actor, now: datetime) -> Draft:
    facts = {"contact": str(contact.id)}
    return Draft(contact.account_id, actor, now, "contact.erased", "contact", contact.id, facts)


def empty(contact: Contact, now: datetime, merged_into: Contact | None = None) -> None:
    """Take the personal fields away; the row stays, so that ids still mean something."""
    contact.name = contact.email = contact.phone = contact.timezone = contact.locale = ""
    contact.email_key, contact.owner, contact.custom = None, None, {}
    contact.erased_at, contact.updated_at, contact.merged_into = now, now, merged_into
    contact.save()


def ancestors(contact_id: UUID) -> list[UUID]:
    """All contacts that were merged into this one, one after the other."""
    found: list[UUID] = []
    level = [contact_id]
    while level:
        level = list(Contact.objects.filter(merged_into__in=level).exclude(id__in=found).values_list("id", flat=True))
        found += level
    return found


def list_path() -> Path:
    return Path(settings.ENV.data_dir) / "erasures.jsonl"


def keep_in_mind(account_id: UUID, contact_ids: list[UUID], now: datetime) -> None:
    """Add ids (nothing personal) to the list beside the database: an older backup must not bring anybody back."""
    known = set(remembered())
    fresh = [key for key in contact_ids if (account_id, key) not in known]
    lines = (json.dumps({"account": str(account_id), "contact": str(key), "at": iso(now)}) for key in fresh)
    fd = os.open(list_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(fd, "a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def remembered() -> Iterator[tuple[UUID, UUID]]:
    """(account, contact) of every erasure in the list; lines that cannot be read are passed over."""
    if not list_path().exists():
        return
    for line in list_path().read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            account, contact = as_uuid(entry["account"]), as_uuid(entry["contact"])
        except (ValueError, KeyError, TypeError):
            continue
        if account and contact:
            yield account, contact


def replay(pairs: list[tuple[UUID, UUID]], *, now: datetime) -> int:
    """Erase again whoever of these is there; how many that were. Their upcoming appointments are cancelled."""
    done = 0
    for account_id, contact_id in dict.fromkeys(pairs):
        found = Contact.objects.filter(id=contact_id, account_id=account_id, erased_at=None).select_related("account")
        for contact in found:
            erase(account=contact.account, contact_id=contact.id, actor=SYSTEM, now=now, cancel_appointments=True)
            done += 1
    return done

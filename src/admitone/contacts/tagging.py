"""Tags come and go by name or id; a tag that is there already, or not there, is no change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact, ContactTag, Tag
from admitone.contacts.rows import locked
from admitone.events import Actor, Draft, record_many
from admitone.events.models import Event
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name

MAX_NAME = 60


@transaction.atomic
def add_tag(
    *, account: Account, contact_id: Any, tag: UUID | str, actor: Actor, now: datetime, cause: Event | None = None
) -> Tag:
    """Mark a contact; an unknown name becomes a tag. Problem("not_found") for an unknown id, Problem("invalid")."""
    contact = locked(account, contact_id)
    found = ensure_tag(account=account, name=str(tag), now=now)
    _link, is_new = ContactTag.objects.get_or_create(contact=contact, tag=found, defaults={"at": now})
    if is_new:
        record_many([event_of(contact, found, actor, now, "tag.added", cause)])
    return found


@transaction.atomic
def remove_tag(
    *, account: Account, contact_id: Any, tag: UUID | str, actor: Actor, now: datetime, cause: Event | None = None
) -> bool:
    """Take a mark away; was it there?"""
    contact = locked(account, contact_id)
    found = find_tag(account, tag)
    if found is None or not ContactTag.objects.filter(contact=contact, tag=found).delete()[0]:
        return False
    record_many([event_of(contact, found, actor, now, "tag.removed", cause)])
    return True


def ensure_tag(*, account: Account, name: str, now: datetime) -> Tag:
    """The tag of this name (or id), made if there is none. Problem("invalid") for no name."""
    return find_tag(account, name) or _make(account, name, now)


def find_tag(account: Account, tag: UUID | str) -> Tag | None:
    """By id or name, capitals aside. Raises Problem("not_found") for an id of nobody, Problem("invalid") for no name."""
    if key := as_uuid(tag):
        found = Tag.objects.filter(account=account, id=key).first()
        if found is None:
            raise Problem("not_found")
        return found
    return Tag.objects.filter(account=account, name_key=_clean(str(tag)).casefold()).first()


def _make(account: Account, name: str, now: datetime) -> Tag:
    text = _clean(name)
    defaults = {"name": text, "created_at": now}
    return Tag.objects.get_or_create(account=account, name_key=text.casefold(), defaults=defaults)[0]


def _clean(name: str) -> str:
    try:
        text = clean_name(name, MAX_NAME)
    except ValueError as error:
        raise Problem("invalid", fields={"tag": str(error)}) from error
    if not text:
        raise Problem("invalid", fields={"tag": "Give the tag a name."})
    return text


def event_of(contact: Contact, tag: Tag, actor: Actor, now: datetime, kind: str, cause: Event | None) -> Draft:
    facts = {"contact": str(contact.id), "tag": str(tag.id)}
    return Draft(contact.account_id, actor, now, kind, "contact", contact.id, facts, cause)

"""One thing done with many contacts: in chunks of a transaction each, with an event for every contact that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.permissions import colleague
from admitone.contacts.models import Contact, ContactTag
from admitone.contacts.tagging import ensure_tag, event_of, find_tag
from admitone.events import Actor, Draft, record_many
from admitone.logic.errors import Problem

CHUNK = 500
MOST = 10_000


def tag_many(*, account: Account, contact_ids: Sequence[UUID], tag: UUID | str, actor: Actor, now: datetime) -> int:
    """Mark those who do not have it yet; how many. Problem("invalid"), Problem("not_found") for a tag's id."""
    _few_enough(contact_ids)
    found = ensure_tag(account=account, name=str(tag), now=now)
    done = 0
    for keys in chunks(contact_ids):
        with transaction.atomic():
            fresh = locked(account, keys).exclude(contact_tags__tag=found)
            rows = list(fresh)
            ContactTag.objects.bulk_create(ContactTag(contact=one, tag=found, at=now) for one in rows)
            record_many([event_of(one, found, actor, now, "tag.added", None) for one in rows])
        done += len(rows)
    return done


def untag_many(*, account: Account, contact_ids: Sequence[UUID], tag: UUID | str, actor: Actor, now: datetime) -> int:
    """Take the mark off those who have it; how many. Problem("invalid"), Problem("not_found")."""
    _few_enough(contact_ids)
    found, done = find_tag(account, tag), 0
    for keys in chunks(contact_ids) if found else ():
        with transaction.atomic():
            rows = list(locked(account, keys).filter(contact_tags__tag=found))
            ContactTag.objects.filter(tag=found, contact__in=rows).delete()
            assert found
            record_many([event_of(one, found, actor, now, "tag.removed", None) for one in rows])
        done += len(rows)
    return done


def assign_many(*, account: Account, contact_ids: Sequence[UUID], user_id: Any, actor: Actor, now: datetime) -> int:
    """Give them to somebody of the team, or (None) to nobody; how many changed hands. Problem("invalid") at `owner`."""
    _few_enough(contact_ids)
    owner = colleague(account, user_id) if user_id else None
    done = 0
    for keys in chunks(contact_ids):
        with transaction.atomic():
            rows = [one for one in locked(account, keys) if one.owner_id != (owner.id if owner else None)]
            Contact.objects.filter(id__in=[one.id for one in rows]).update(owner=owner, updated_at=now)
            record_many([_owned(one, actor, now) for one in rows])
        done += len(rows)
    return done


def _owned(contact: Contact, actor: Actor, now: datetime) -> Draft:
    facts = {"contact": str(contact.id), "fields": ["owner"]}
    return Draft(contact.account_id, actor, now, "contact.changed", "contact", contact.id, facts)


def chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def locked(account: Account, keys: Sequence[UUID]) -> Any:
    """Their rows, locked in one order, so that two who do this at once wait for each other."""
    rows = Contact.objects.select_for_update(of=("self",)).filter(account=account, erased_at=None, id__in=keys)
    return rows.order_by("id")


def _few_enough(ids: Sequence[UUID]) -> None:
    if len(ids) > MOST:
        text = _("Narrow the list: at most %(most)d contacts can be changed at once.") % {"most": MOST}
        raise Problem("invalid", text)

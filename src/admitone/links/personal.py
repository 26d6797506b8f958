"""One-time links made for a person, what was asked through them, and the rows of lists they were made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import ngettext_lazy

from admitone.contacts.models import Contact
from admitone.contacts.personal import PersonalData, personal_data
from admitone.events import Actor
from admitone.links.models import BatchRow, LinkRequest, OneTimeLink
from admitone.links.services.bulk import revoke_many
from admitone.messaging.models import Message
from admitone.messaging.personal import blank

EMPTY: dict[str, Any] = {"label": "", "note": "", "metadata": {}, "utm": {}}


@personal_data("links.OneTimeLink", "contact")
class Links(PersonalData):
    noun = "one_time_links"
    words = ngettext_lazy("%(n)d one-time link", "%(n)d one-time links", "n")
    shown = ("id", "calendar__name", "label", "note", "metadata", "utm", "created_at", "expires_at", "used_at")

    @classmethod
    def release(cls, contact: Contact, actor: Actor, now: datetime) -> None:
        """Whoever holds an unused link could still book with it."""
        unused = cls.rows(contact.id).filter(uses__lt=F("max_uses"), deleted_at=None)
        ids = list(unused.values_list("id", flat=True))
        revoke_many(account=contact.account, link_ids=ids, actor=actor, now=now)

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        requests(contact).update(name="", email="", note="")
        from_lists(contact).update(contact=None)
        blank(Message.objects.filter(link_id__in=cls.rows(contact.id).values("id")))
        cls.rows(contact.id).update(**EMPTY)


def requests(contact: Contact) -> QuerySet[LinkRequest]:
    """Through their links, or with their address through others'."""
    mine = Q(link__contact=contact)
    if contact.email:
        mine |= Q(account=contact.account_id, email__iexact=contact.email)
    return LinkRequest.objects.filter(id__in=LinkRequest.objects.filter(mine).values("id"))


def from_lists(contact: Contact) -> QuerySet[BatchRow]:
    mine = Q(link_id__in=OneTimeLink.objects.filter(contact=contact).values("id"))
    if contact.email:
        mine |= Q(batch__account=contact.account_id, contact__email__iexact=contact.email)
    return BatchRow.objects.filter(id__in=BatchRow.objects.filter(mine).values("id"))

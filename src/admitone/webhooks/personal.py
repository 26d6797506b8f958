"""Bodies of webhooks hold what was said about a person when it happened."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.contacts.models import Contact
from admitone.contacts.personal import PersonalData, personal_data
from admitone.events.models import Event
from admitone.webhooks.models import Delivery

CHUNK = 500


@personal_data("webhooks.Delivery", "event_id")
class Deliveries(PersonalData):
    """No key to the contact: found by the events that name it."""

    @classmethod
    def merge(cls, keep: Contact, drop: Contact, now: datetime) -> None:
        """What was sent was sent."""

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        found = Event.objects.filter(account_id=contact.account_id, facts__contact=str(contact.id))
        ids = [*found.values_list("id", flat=True), *about(contact)]
        for start in range(0, len(ids), CHUNK):
            rows = Delivery.objects.filter(account=contact.account_id, event_id__in=ids[start : start + CHUNK])
            rows.filter(status="queued").update(status="failed", next_attempt_at=None, error="The contact was erased.")
            rows.update(body="{}", response_body="")


def about(contact: Contact) -> list[UUID]:
    return list(Event.objects.filter(subject_id=contact.id).values_list("id", flat=True))

"""Events become deliveries when an endpoint wants them; a paused endpoint becomes a mail to those who can repair it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from admitone.accounts.addresses import absolute
from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.jobs import enqueue_many
from admitone.messaging.letters import Action, Brand, Letter, Row
from admitone.notifications.posting import to_people
from admitone.notifications.recipients import admins_of
from admitone.webhooks.kinds import KINDS
from admitone.webhooks.models import Delivery, Endpoint
from admitone.webhooks.payloads import body_of
from admitone.webhooks.queries import wanting
from admitone.webhooks.tasks import deliver


@on(*KINDS, consumer="webhooks")
def queue_deliveries(event: Event, now: datetime) -> None:
    """One statement when no endpoint wants it."""
    endpoints = wanting(event.account_id, event.kind)
    body = body_of(event, now) if endpoints else None
    if body is None:
        return
    deliveries = [
        Delivery(
            account_id=event.account_id,
            endpoint=endpoint,
            event_id=event.id,
            kind=event.kind,
            body=body,
            next_attempt_at=now,
            created_at=now,
        )
        for endpoint in endpoints
    ]
    Delivery.objects.bulk_create(deliveries)
    job = deliver.using(account_id=event.account_id)
    enqueue_many((job, {"delivery_id": str(delivery.id), "round": 0}) for delivery in deliveries)


@on("webhook.paused", consumer="webhooks.paused")
def tell_of_paused_endpoint(event: Event, now: datetime) -> None:
    endpoint = Endpoint.objects.select_related("account").filter(pk=event.subject_id).first()
    if endpoint is None or endpoint.active:
        return
    to_people(
        admins_of(endpoint.account),
        lambda person: paused_letter(endpoint),
        account_id=event.account_id,
        brand=Brand(endpoint.account.name),
        kind=event.kind,
        key=str(event.id),
        now=now,
    )


def paused_letter(endpoint: Endpoint) -> Letter:
    gone = endpoint.paused_by == "gone"
    why = (
        _("It answered that it is gone for good (410).")
        if gone
        else _("Nothing could be delivered to it for three days.")
    )
    return Letter(
        subject=_("A webhook has been paused"),
        heading=_("A webhook has been paused"),
        paragraphs=(why, _("New events are not sent to it until you switch it on again.")),
        rows=(Row(_("Address"), endpoint.url),),
        actions=(
            Action(_("Look at its log"), absolute(f"/app/{endpoint.account.slug}/settings/webhooks/{endpoint.id}/")),
        ),
    )

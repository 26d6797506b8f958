"""Writes of endpoints: make, change, rotate, pause, delete; test and replay deliveries. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid, get
from admitone.accounts.sealing import seal
from admitone.events import Actor, record
from admitone.integrations import outbound
from admitone.logic.errors import Problem
from admitone.logic.faults import cleaned
from admitone.logic.identity import clean_text
from admitone.webhooks.kinds import KINDS, TEST
from admitone.webhooks.models import Delivery, Endpoint
from admitone.webhooks.payloads import text_of
from admitone.webhooks.signing import new_secret
from admitone.webhooks.tasks import deliver

MAX_ENDPOINTS = 20
MAX_URL = 1000
OVERLAP = timedelta(hours=24)


@transaction.atomic
def create_endpoint(
    *,
    account: Account,
    url: str,
    actor: Actor,
    now: datetime,
    kinds: Sequence[str] = (),
    description: str = "",
) -> tuple[Endpoint, str]:
    """An active endpoint and its secret, which is shown only now. Problem("invalid") names the field."""
    Account.objects.select_for_update().get(pk=account.pk)
    if Endpoint.objects.filter(account=account).count() >= MAX_ENDPOINTS:
        raise Problem("invalid", f"A sub-account has at most {MAX_ENDPOINTS} webhook endpoints.")
    secret = new_secret()
    values = clean({"url": url, "kinds": kinds, "description": description})
    endpoint = Endpoint(account=account, secret_sealed=seal(secret), created_at=now, updated_at=now, **values)
    endpoint.save(force_insert=True)
    tell(endpoint, actor, now, "webhook.created")
    return endpoint, secret


@transaction.atomic
def update_endpoint(
    *, account: Account, endpoint_id: UUID | str, actor: Actor, now: datetime, **changes: Any
) -> Endpoint:
    """Apply `changes` (url, kinds, description, active). Made active again it counts its failures anew."""
    endpoint = locked(account, endpoint_id)
    values = clean({name: value for name, value in changes.items() if name != "active"})
    if "active" in changes:
        values["active"] = bool(changes["active"])
    changed = sorted(name for name, value in values.items() if getattr(endpoint, name) != value)
    if not changed:
        return endpoint
    for name in changed:
        setattr(endpoint, name, values[name])
    if "active" in changed:
        endpoint.paused_by, endpoint.failing_since = "" if endpoint.active else "hand", None
    endpoint.updated_at = now
    endpoint.save()
    tell(endpoint, actor, now, "webhook.changed", fields=changed)
    return endpoint


@transaction.atomic
def rotate_secret(
    *, account: Account, endpoint_id: UUID | str, actor: Actor, now: datetime, overlap: timedelta = OVERLAP
) -> tuple[Endpoint, str]:
    """A new secret, shown only now; the old one signs beside it for `overlap`."""
    endpoint, secret = locked(account, endpoint_id), new_secret()
    endpoint.old_secret_sealed, endpoint.old_secret_until = endpoint.secret_sealed, now + overlap
    endpoint.secret_sealed, endpoint.updated_at = seal(secret), now
    endpoint.save()
    tell(endpoint, actor, now, "webhook.changed", fields=["secret"])
    return endpoint, secret


@transaction.atomic
def delete_endpoint(*, account: Account, endpoint_id: UUID | str, actor: Actor, now: datetime) -> None:
    """The endpoint and its log are gone; what waited is not delivered."""
    endpoint = locked(account, endpoint_id)
    tell(endpoint, actor, now, "webhook.deleted")
    endpoint.delete()


@transaction.atomic
def send_test(*, account: Account, endpoint_id: UUID | str, now: datetime) -> Delivery:
    """A signed message of kind webhook.test, also to a paused endpoint; it is tried once."""
    endpoint = get(account, Endpoint, endpoint_id)
    data = {"endpoint": str(endpoint.id), "account": str(account.id)}
    delivery = Delivery.objects.create(
        account=account,
        endpoint=endpoint,
        kind=TEST,
        body=text_of(TEST, now, data),
        next_attempt_at=now,
        created_at=now,
    )
    deliver.using(account_id=account.id).enqueue(delivery_id=str(delivery.id), round=0)
    return delivery


@transaction.atomic
def replay(*, account: Account, delivery_id: UUID | str, now: datetime) -> Delivery:
    """Send the same message again, with the same id, from the first attempt on. Problem("not_found")."""
    key = as_uuid(delivery_id)
    rows = Delivery.objects.filter(account=account, pk=key) if key else Delivery.objects.none()
    fresh = {"status": "queued", "attempts": 0, "next_attempt_at": now, "error": "", "round": F("round") + 1}
    if not rows.update(**fresh):
        raise Problem("not_found")
    delivery = rows.get()
    deliver.using(account_id=account.id).enqueue(delivery_id=str(delivery.id), round=delivery.round)
    return delivery


def locked(account: Account, endpoint_id: UUID | str) -> Endpoint:
    key = as_uuid(endpoint_id)
    rows = Endpoint.objects.select_for_update().filter(account=account, pk=key) if key else Endpoint.objects.none()
    endpoint = rows.first()
    if endpoint is None:
        raise Problem("not_found")
    return endpoint


def clean(values: dict[str, Any]) -> dict[str, Any]:
    """The given ones of url, kinds and description as stored. Problem("invalid") names every wrong field."""
    rules = {"url": clean_url, "kinds": clean_kinds, "description": lambda raw: clean_text(raw, 120)}
    return cleaned(values, rules)


def clean_url(raw: str) -> str:
    """An https address (http too where private addresses are allowed); whether it is private is checked when sending."""
    text = clean_text(raw, MAX_URL)
    parts = outbound.parts_of(text)
    if parts.scheme != "https" and not outbound.private_allowed():
        raise ValueError("Enter an address that starts with https://.")
    outbound.refuse_private_literal(parts.hostname or "")
    return text


def clean_kinds(raw: Sequence[str]) -> list[str]:
    """In the order of the table; an empty list wants all."""
    if unknown := sorted({str(kind) for kind in raw} - set(KINDS)):
        raise ValueError(f"There is no event {', '.join(unknown)[:200]}.")
    return [kind for kind in KINDS if kind in raw]


def tell(endpoint: Endpoint, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=endpoint.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="webhook",
        subject_id=endpoint.id,
        facts={"webhook": str(endpoint.id), **facts},
    )

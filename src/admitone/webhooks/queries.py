"""Reads of endpoints and their log; the account comes first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from admitone.accounts.models import Account
from admitone.logic.clock import iso
from admitone.statements import Prepared
from admitone.webhooks.models import Delivery, Endpoint

ACTIVE = Prepared(lambda account: Endpoint.objects.filter(account_id=account, active=True).order_by("id"), account=UUID)
STATUSES = ("queued", "delivered", "failed")


def endpoints(account: Account) -> QuerySet[Endpoint]:
    """The oldest first, each with `waiting`, `failed` and `last_at` of its log."""
    return (
        Endpoint.objects.filter(account=account)
        .annotate(
            waiting=Count("deliveries", filter=Q(deliveries__status__in=("queued", "sending"))),
            failed=Count("deliveries", filter=Q(deliveries__status="failed")),
            last_at=Max("deliveries__attempted_at"),
        )
        .order_by("id")
    )


def wanting(account_id: UUID, kind: str) -> list[Endpoint]:
    """The account's active endpoints that want events of this kind; one statement, over an index of active ones."""
    return [endpoint for endpoint in ACTIVE.all(account=account_id) if not endpoint.kinds or kind in endpoint.kinds]


def log(endpoint: Endpoint, *, status: str = "", kind: str = "") -> QuerySet[Delivery]:
    """The newest first, without the bodies."""
    rows = Delivery.objects.filter(endpoint=endpoint, account_id=endpoint.account_id).defer("body")
    if status in STATUSES:
        rows = rows.filter(status__in=("queued", "sending") if status == "queued" else (status,))
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-id")


def endpoint_view(endpoint: Endpoint) -> dict[str, Any]:
    """As the API shows it; the secret is never part of it."""
    failing, until = endpoint.failing_since, endpoint.old_secret_until
    return {
        "id": str(endpoint.id),
        "url": endpoint.url,
        "description": endpoint.description,
        "kinds": endpoint.kinds,
        "active": endpoint.active,
        "paused_by": endpoint.paused_by,
        "failing_since": iso(failing) if failing else None,
        "old_secret_until": iso(until) if until else None,
        "created_at": iso(endpoint.created_at),
        "updated_at": iso(endpoint.updated_at),
    }


def delivery_view(delivery: Delivery) -> dict[str, Any]:
    due, tried = delivery.next_attempt_at, delivery.attempted_at
    return {
        "id": str(delivery.id),
        "event": str(delivery.event_id) if delivery.event_id else None,
        "kind": delivery.kind,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "next_attempt_at": iso(due) if due else None,
        "attempted_at": iso(tried) if tried else None,
        "response_status": delivery.response_status,
        "response_body": delivery.response_body,
        "error": delivery.error,
        "duration_ms": delivery.duration_ms,
        "created_at": iso(delivery.created_at),
    }

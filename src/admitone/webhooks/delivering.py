"""One attempt at one message: claim it, send it outside any transaction, record what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from django.db import transaction

from admitone.accounts.queries import as_uuid
from admitone.accounts.sealing import SealBroken
from admitone.events import SYSTEM, record
from admitone.integrations import outbound
from admitone.webhooks.kinds import TEST
from admitone.webhooks.models import Delivery, Endpoint
from admitone.webhooks.signing import headers

#: Seconds before the next attempt, by the number of attempts made; 73 hours in all.
WAITS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 64_800, 86_400)
TIMEOUT = 10.0
KEPT_BYTES = 1000
FAILING = timedelta(days=3)
GONE = 410
NO_ROW = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is the receiver's answer, None when there was none."""

    status: int | None
    body: str
    error: str
    duration_ms: int

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def claim(delivery_id: str, round_: int, now: datetime) -> Delivery | None:
    """Commit the intent: status sending, one attempt more. None if there is nothing (left) to send."""
    key = as_uuid(delivery_id) or NO_ROW
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint")
        delivery = rows.filter(pk=key, round=round_, status__in=("queued", "sending")).first()
        if delivery is None:
            return None
        if not delivery.endpoint.active and delivery.kind != TEST:
            delivery.status, delivery.error, delivery.next_attempt_at = "failed", "The endpoint was paused.", None
            delivery.save(update_fields=["status", "error", "next_attempt_at"])
            return None
        delivery.status, delivery.attempted_at, delivery.next_attempt_at = "sending", now, None
        delivery.attempts += 1
        delivery.save(update_fields=["status", "attempts", "attempted_at", "next_attempt_at"])
    return delivery


def attempt(delivery: Delivery, now: datetime) -> Outcome:
    """POST the stored body. Never raises for what a receiver or the network does."""
    began = time.monotonic()
    try:
        signed = headers(delivery.endpoint, delivery.id, delivery.body, now)
        answer = outbound.post(
            delivery.endpoint.url,
            content=delivery.body.encode(),
            headers={"Content-Type": "application/json", **signed},
            timeout=TIMEOUT,
            kept=KEPT_BYTES,
        )
    except outbound.Refused as refusal:
        return Outcome(None, "", str(refusal)[:500], spent(began))
    except SealBroken:
        return Outcome(None, "", "The secret key of this server has changed. Rotate the secret.", spent(began))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Outcome(None, "", f"{type(error).__name__}: {error}"[:500], spent(began))
    words = "" if 200 <= answer.status < 300 else f"The server answered {answer.status}."
    return Outcome(answer.status, answer.text, words, spent(began))


def spent(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def record_outcome(delivery: Delivery, outcome: Outcome, now: datetime) -> float | None:
    """Write the outcome unless another attempt has begun; the seconds until the next attempt, None if there is none."""
    wait = next_wait(delivery, outcome)
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).first()
        mine = Delivery.objects.filter(pk=delivery.pk, round=delivery.round, status="sending")
        written = mine.filter(attempts=delivery.attempts).update(
            status="delivered" if outcome.ok else "failed" if wait is None else "queued",
            response_status=outcome.status,
            response_body=outcome.body,
            error=outcome.error,
            duration_ms=outcome.duration_ms,
            next_attempt_at=None if wait is None else now + timedelta(seconds=wait),
        )
        if written and endpoint is not None and delivery.kind != TEST:
            judge(endpoint, outcome, now)
    return wait if written else None


def next_wait(delivery: Delivery, outcome: Outcome) -> float | None:
    if outcome.ok or delivery.kind == TEST or outcome.status == GONE or delivery.attempts > len(WAITS):
        return None
    return float(WAITS[delivery.attempts - 1])


def judge(endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    """Three days without one success, or 410 Gone, pause the endpoint, and its owner is told."""
    if outcome.ok:
        if endpoint.failing_since is not None:
            endpoint.failing_since = None
            endpoint.save(update_fields=["failing_since"])
        return
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    reason = "gone" if outcome.status == GONE else "failing" if now - endpoint.failing_since >= FAILING else ""
    if reason and endpoint.active:
        pause(endpoint, reason, now)


def pause(endpoint: Endpoint, reason: str, now: datetime) -> None:
    endpoint.active, endpoint.paused_by, endpoint.updated_at = False, reason, now
    endpoint.save(update_fields=["active", "paused_by", "updated_at"])
    record(
        account_id=endpoint.account_id,
        actor=SYSTEM,
        now=now,
        kind="webhook.paused",
        subject_kind="webhook",
        subject_id=endpoint.id,
        facts={"webhook": str(endpoint.id), "reason": reason},
    )

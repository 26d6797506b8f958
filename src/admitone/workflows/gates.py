"""Counting enrollments at a step, exactly: each count is one locked row, so two at once never get the same number."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from admitone.workflows.models import DripGate


def gate_of(workflow_id: UUID, step: str, now: datetime) -> DripGate:
    """The step's row, locked until the transaction ends."""
    DripGate.objects.get_or_create(workflow_id=workflow_id, step=step, defaults={"opens_at": now})
    return DripGate.objects.select_for_update().get(workflow_id=workflow_id, step=step)


def take_turn(workflow_id: UUID, step: str, now: datetime) -> int:
    """0, 1, 2, ...: one number for each who asks."""
    gate = gate_of(workflow_id, step, now)
    turn, gate.passed = gate.passed, gate.passed + 1
    gate.save(update_fields=["passed"])
    return turn


def take_place(workflow_id: UUID, step: str, count: int, per: timedelta, now: datetime) -> datetime:
    """When the period begins in which there is a place left for one more; that place is taken."""
    gate = gate_of(workflow_id, step, now)
    if now >= gate.opens_at + per:
        gate.opens_at, gate.passed = now, 0
    if gate.passed >= count:
        gate.opens_at, gate.passed = gate.opens_at + per, 0
    gate.passed += 1
    gate.save(update_fields=["opens_at", "passed"])
    return gate.opens_at

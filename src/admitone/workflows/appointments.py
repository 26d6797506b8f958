"""What published workflows send to the guests of a calendar, read from their documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from admitone.calendars.models import Calendar
from admitone.logic import steps
from admitone.workflows.models import Enrollment, Subscription, WorkflowVersion
from admitone.workflows.registry import actions, triggers

SENDING = {"email.send": "email", "sms.send": "sms"}
#: Trigger -> the occasion of a calendar's own notices (logic.notices) that it shares.
OCCASIONS = {
    "booking.created": "booked",
    "booking.confirmed": "booked",
    "booking.rescheduled": "rescheduled",
    "booking.cancelled": "cancelled",
    "booking.declined": "declined",
    "booking.completed": "follow_up",
    "booking.no_show": "no_show",
}
#: Where appointments need an approval, the same words are about the request and its answer.
ASKED = {"booking.created": "pending", "booking.confirmed": "confirmed"}


@dataclass(frozen=True, slots=True)
class Sending:
    """A step that sends to the contact. `wait` says in words what it waits for last, "" for nothing; `minutes` counts
    from the appointment's start where it waits for that (negative is before)."""

    workflow_id: UUID
    workflow: str
    trigger: str
    occasion: str
    step: str
    label: str
    channel: str
    wait: str
    minutes: int | None
    sometimes: bool  # inside a branch


def sendings(calendar: Calendar) -> list[Sending]:
    """Of every published workflow that this calendar's appointments start, in the order of its steps."""
    rows = Subscription.objects.filter(account_id=calendar.account_id, trigger__in=OCCASIONS, workflow__deleted_at=None)
    rows = rows.filter(workflow__status="published").select_related("workflow").order_by("workflow_id", "id")
    found: dict[tuple[UUID, str], list[Sending]] = {}
    for row in rows:
        chosen = row.filters.get("calendars") or []
        if chosen and str(calendar.id) not in map(str, chosen):
            continue
        if (row.workflow_id, row.trigger) not in found:
            document = published(row.workflow_id, row.workflow.published_version)
            occasion = (OCCASIONS | ASKED if calendar.approval else OCCASIONS)[row.trigger]
            found[row.workflow_id, row.trigger] = list(of_document(row, document, occasion))
    return [one for group in found.values() for one in group]


def published(workflow_id: UUID, number: int | None) -> Mapping[str, Any]:
    rows = WorkflowVersion.objects.filter(workflow_id=workflow_id, number=number or 0)
    return rows.values_list("document", flat=True).first() or {}


def of_document(row: Subscription, document: Mapping[str, Any], occasion: str) -> Iterator[Sending]:
    tree = document.get("steps") or []
    kind = triggers().get(row.trigger)
    for path, step in steps.walk(tree):
        if step["type"] not in SENDING or steps.switched_off(tree, path) or elsewhere(step):
            continue
        wait, minutes = waited(row, tree, path)
        yield Sending(
            workflow_id=row.workflow_id,
            workflow=row.workflow.name,
            trigger=str(kind.label) if kind else row.trigger,
            occasion=occasion,
            step=step["name"],
            label=step.get("label") or str(actions()[step["type"]].label),
            channel=SENDING[step["type"]],
            wait=wait,
            minutes=minutes,
            sometimes=len(path) > 1,
        )


def elsewhere(step: Mapping[str, Any]) -> bool:
    """A mail to an address of one's own is none to the guest."""
    return bool(str((step.get("params") or {}).get("to") or "").strip())


def waited(row: Subscription, tree: steps.Steps, path: steps.Path) -> tuple[str, int | None]:
    """The last wait on the way to the step, in words, and the minutes from the start if it is one of those."""
    words, minutes = "", None
    for before in on_the_way(path):
        step = steps.at(tree, before)
        if step is None or not step["type"].startswith("wait.") or step.get("disabled"):
            continue
        action, raw = actions().get(step["type"]), step.get("params") or {}
        params, _faults = action.read(raw) if action else (None, {})
        words = action.summary(params, row.workflow.account) if action and params else step["type"]
        anchored = step["type"] == "wait.until" and raw.get("anchor") == "appointment.start"
        minutes = int(raw.get("minutes") or 0) if anchored else None
    return words, minutes


def on_the_way(path: steps.Path) -> Iterator[steps.Path]:
    """Every step before this one in its list and in the lists that it stands in."""
    for place in range(0, len(path), 2):
        for index in range(path[place]):
            yield (*path[:place], index)


def running(calendar: Calendar, booking_id: UUID) -> set[UUID]:
    """Workflows that are at work on this appointment."""
    rows = Enrollment.objects.filter(account_id=calendar.account_id, status__in=("active", "waiting"))
    return set(rows.filter(context__booking=str(booking_id)).values_list("workflow_id", flat=True))

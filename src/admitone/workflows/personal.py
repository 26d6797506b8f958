"""A person's ways through workflows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from admitone.contacts.models import Contact
from admitone.contacts.personal import PersonalData, personal_data
from admitone.events.models import Event
from admitone.workflows.engine import LIVE
from admitone.workflows.models import Enrollment, InboundHook, InboundRequest, StepRun

MERGED = "Stopped: merged with a contact that is in this workflow."
ERASED = "Stopped: the contact was erased."


@personal_data("workflows.Enrollment", "contact")
class Enrollments(PersonalData):
    noun = "workflow_enrollments"
    words = ngettext_lazy("%(n)d way through a workflow", "%(n)d ways through workflows", "n")
    shown = ("id", "workflow__name", "trigger", "status", "reason", "outputs", "created_at", "finished_at")

    @classmethod
    def hold(cls, contact_ids: Sequence[UUID]) -> None:
        """A run locks itself and then its contact: the other way round, both would wait for each other."""
        rows = cls.table().filter(contact__in=contact_ids, status__in=LIVE).order_by("id")
        list(rows.select_for_update(of=("self",)).values_list("id", flat=True))

    @classmethod
    def merge(cls, keep: Contact, drop: Contact, now: datetime) -> None:
        """Nobody walks through one workflow twice at once because of a merge: the moved one stops."""
        inside = list(cls.rows(keep.id).filter(status__in=LIVE).values_list("workflow_id", flat=True))
        stop(cls.rows(drop.id).filter(status__in=LIVE, workflow__in=inside), MERGED, now)
        old, new = str(drop.id), str(keep.id)
        taken = set(cls.table().filter(once=f"contact:{new}").values_list("workflow_id", flat=True))
        for one in cls.rows(drop.id).only("id", "workflow_id", "once", "awaits", "context", "cause_facts"):
            move(one, old, new, once=one.workflow_id not in taken)
        super().merge(keep, drop, now)

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        stop(cls.rows(contact.id).filter(status__in=(*LIVE, "failed")), ERASED, now)
        StepRun.objects.filter(enrollment__contact=contact).update(outcome={}, error="")
        cls.rows(contact.id).update(outputs={})
        received = Event.objects.filter(account_id=contact.account_id, kind="hook.received")
        found = received.filter(facts__contact=str(contact.id)).values_list("facts", flat=True)
        requests = InboundRequest.objects.filter(id__in=[row["request"] for row in found if row.get("request")])
        InboundHook.objects.filter(requests__in=requests).update(sample=None)
        requests.update(body={})


def stop(rows: QuerySet[Enrollment, Any], reason: str, now: datetime) -> None:
    ended = {"status": "stopped", "reason": reason, "finished_at": now, "updated_at": now}
    for one in rows.select_for_update():
        one.fence += 1  # a step that is out with a provider finds that it has lost its claim
        left = {"path": None, "resume_at": None, "waiting_for": None, "awaits": "", "fence": one.fence}
        Enrollment.objects.filter(pk=one.pk).update(**ended, **left)


def move(one: Enrollment, old: str, new: str, *, once: bool) -> None:
    """Write the kept contact's id wherever the enrollment names its contact."""
    if one.once == f"contact:{old}" and once:
        one.once = f"contact:{new}"
    if one.awaits == f"contact:{old}":
        one.awaits = f"contact:{new}"
    for ids in (one.context, one.cause_facts):
        if ids.get("contact") == old:
            ids["contact"] = new
    one.save(update_fields=["once", "awaits", "context", "cause_facts"])

"""A failed step is told to the owner once a day per step, not once per contact."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from admitone.accounts.addresses import absolute
from admitone.events.models import Event
from admitone.messaging.letters import Brand, Letter
from admitone.notifications.posting import to_people
from admitone.notifications.recipients import admins_of
from admitone.workflows.models import Enrollment


def step_failed(event: Event, now: datetime) -> None:
    rows = Enrollment.objects.select_related("account", "workflow", "contact")
    enrollment = rows.filter(pk=event.subject_id).first()
    if enrollment is None:
        return
    step = event.facts["step"]
    to_people(
        admins_of(enrollment.account),
        lambda _person: letter(enrollment, step),
        account_id=event.account_id,
        brand=Brand(enrollment.account.name),
        kind="workflow.failed",
        key=f"workflow.failed:{enrollment.workflow_id}:{step}:{now:%Y-%m-%d}",
        now=now,
    )


def letter(enrollment: Enrollment, step: str) -> Letter:
    names = {"workflow": enrollment.workflow.name, "step": step, "contact": str(enrollment.contact or "")}
    return Letter(
        subject=_("A step failed: %(workflow)s") % names,
        heading=_("The step %(step)s of %(workflow)s failed") % names,
        paragraphs=(
            _("Contact: %(contact)s") % names,
            enrollment.reason,
            _("This contact waits there until the step is retried. Further failures of it today are not mailed."),
            absolute(f"/app/{enrollment.account.slug}/"),
        ),
    )

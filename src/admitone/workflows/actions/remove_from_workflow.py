from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.workflows.acting import STATUS, STATUS_LABEL, no_contact
from admitone.workflows.actions.add_to_workflow import workflow_faults, workflow_words
from admitone.workflows.engine import LIVE
from admitone.workflows.models import Enrollment
from admitone.workflows.outcomes import Done, End, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext
from admitone.workflows.services.enrolling import stop_enrollment

REASON = "Stopped: a workflow removed the contact."


@action("workflow.remove")
class RemoveFromWorkflow(Action):
    """Stop the contact's runs of another workflow, or of this one, which ends here."""

    label = _("Remove from workflow")
    category = _("Flow")
    icon = "log-out"
    outputs = {"stopped": "1", **STATUS}
    output_labels = {"stopped": _("Stopped runs"), **STATUS_LABEL}
    labels = {"workflow": _("Workflow")}
    helps = {"workflow": _("This workflow if empty.")}
    editors = {"workflow": "workflow"}

    @params
    class Params:
        workflow: UUID | None = None

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return (workflow_words(params.workflow, account) if params.workflow else str(_("This workflow"))) or str(
            cls.label
        )

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return workflow_faults(params.workflow, account) if params.workflow else {}

    def run(self, step: StepContext) -> Outcome:
        one = step.enrollment
        wanted = step.params.workflow or one.workflow_id
        if step.contact is None and wanted != one.workflow_id:
            return no_contact()
        stopped = stop_others(step, wanted, step.contact) if step.contact else 0
        if wanted == one.workflow_id:
            return End(REASON)
        return Done({"stopped": stopped}) if stopped else Skipped("The contact is not in that workflow.")


def stop_others(step: StepContext, workflow_id: UUID, contact: Contact) -> int:
    """How many of the contact's other runs were stopped."""
    rows = Enrollment.objects.filter(account=step.account, workflow_id=workflow_id, contact=contact)
    ids = list(rows.filter(status__in=LIVE).exclude(pk=step.enrollment.pk).order_by("id").values_list("id", flat=True))
    for enrollment_id in ids:
        stop_enrollment(
            account=step.account, enrollment_id=enrollment_id, actor=step.actor, now=step.now, reason=REASON
        )
    return len(ids)

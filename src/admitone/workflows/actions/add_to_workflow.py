from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.workflows.acting import STATUS, STATUS_LABEL, no_contact
from admitone.workflows.entering import Entry, enroll
from admitone.workflows.models import Workflow
from admitone.workflows.outcomes import Done, Failed, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("workflow.add")
class AddToWorkflow(Action):
    """Let the contact enter another workflow, whatever its triggers."""

    label = _("Add to workflow")
    category = _("Flow")
    icon = "log-in"
    outputs = STATUS
    output_labels = STATUS_LABEL
    labels = {"workflow": _("Workflow")}
    editors = {"workflow": "workflow"}

    @params
    class Params:
        workflow: UUID

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return workflow_words(params.workflow, account) or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return workflow_faults(params.workflow, account)

    def run(self, step: StepContext) -> Outcome:
        one, wanted = step.enrollment, step.params.workflow
        if step.contact is None:
            return no_contact()
        if wanted == one.workflow_id:
            return Failed("A workflow cannot add to itself: use Go to.")
        workflow = there(step.account, wanted)
        if workflow is None:
            return Failed("The workflow of this step has been deleted.")
        if workflow.status != "published":
            return Skipped(f"{workflow.name} is not running.")
        facts = {"contact": str(step.contact.id), "by": "workflow", "enrollment": str(one.id)}
        entry = Entry("workflow.add", step.contact.id, facts=facts, depth=one.depth + 1)
        made = enroll(workflow, entry, step.now)
        if made is None:
            return Skipped(f"The contact has been in {workflow.name}, which allows no re-entry.")
        return Done({"enrollment": str(made.id)}, note=made.reason)


def there(account: Account, workflow_id: UUID) -> Workflow | None:
    return Workflow.objects.filter(pk=workflow_id, account=account, deleted_at=None).first()


def workflow_faults(workflow_id: UUID, account: Account) -> Faults:
    return {} if there(account, workflow_id) else {"workflow": str(_("There is no such workflow."))}


def workflow_words(workflow_id: UUID, account: Account) -> str:
    return Workflow.objects.filter(pk=workflow_id, account=account).values_list("name", flat=True).first() or ""

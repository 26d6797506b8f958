from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.services import add_task
from admitone.workflows.acting import STATUS, STATUS_LABEL, blank_faults, fill, is_colleague, no_contact, team_faults
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.periods import Period
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("contact.add_task")
class AddTask(Action):
    """Something for the team to do about the contact."""

    label = _("Add task")
    category = _("Contacts")
    icon = "list-todo"
    templates = ("title",)
    outputs = STATUS
    output_labels = STATUS_LABEL
    labels = {"title": _("What is to be done"), "due_in": _("Due in"), "owner": _("Who")}
    helps = {"owner": _("The contact's owner if empty.")}
    editors = {"title": "subject", "owner": "user"}

    @params
    class Params:
        title: str
        due_in: Period | None = None
        owner: UUID | None = None

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return " ".join(params.title.split())[:120] or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        faults = blank_faults(params, "title") | team_faults(account, "owner", [params.owner])
        wrong = params.due_in.fault() if params.due_in else ""
        return faults | ({"due_in": wrong} if wrong else {})

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        texts = fill(step, {"title": step.params.title}, "subject")
        if not texts.found["title"]:
            return Skipped(f"Nothing to write. {texts.note}".strip())
        owner = step.params.owner or step.contact.owner_id
        gone = owner is not None and not is_colleague(step.account, owner)
        task = add_task(
            account=step.account,
            contact_id=step.contact.id,
            title=texts.found["title"][:200],
            due_at=step.now + step.params.due_in.delta if step.params.due_in else None,
            owner_id=None if gone else owner,
            actor=step.actor,
            now=step.now,
        )
        left = "Its owner has left the team: it is nobody's." if gone else ""
        return Done({"task": str(task.id)}, note=" ".join(filter(None, (texts.note, left))))

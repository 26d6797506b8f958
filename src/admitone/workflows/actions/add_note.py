from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.services import add_note
from admitone.workflows.acting import STATUS, STATUS_LABEL, blank_faults, fill, no_contact
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("contact.add_note")
class AddNote(Action):
    """Write something down about the contact, for the team."""

    label = _("Add note")
    category = _("Contacts")
    icon = "notebook-pen"
    templates = ("text",)
    outputs = STATUS
    output_labels = STATUS_LABEL
    labels = {"text": _("Note")}
    editors = {"text": "text"}

    @params
    class Params:
        text: str

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return " ".join(params.text.split())[:120] or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return blank_faults(params, "text")

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        texts = fill(step, {"text": step.params.text})
        if not texts.found["text"]:
            return Skipped(f"Nothing to write. {texts.note}".strip())
        note = add_note(
            account=step.account,
            contact_id=step.contact.id,
            text=texts.found["text"],
            actor=step.actor,
            now=step.now,
        )
        return Done({"note": str(note.id)}, note=texts.note)

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.services import remove_tag
from admitone.workflows.acting import STATUS, STATUS_LABEL, blank_faults, no_contact
from admitone.workflows.actions.add_tag import tag_faults, tag_words
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("contact.remove_tag")
class RemoveTag(Action):
    """Take a mark off the contact."""

    label = _("Remove tag")
    category = _("Contacts")
    icon = "tags"
    outputs = STATUS
    output_labels = STATUS_LABEL
    labels = {"tag": _("Tag")}
    editors = {"tag": "tag"}

    @params
    class Params:
        """`tag`: a name or an id."""

        tag: str

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return tag_words(params.tag, account) or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return blank_faults(params, "tag") or tag_faults(params.tag, account)

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        was_there = remove_tag(
            account=step.account, contact_id=step.contact.id, tag=step.params.tag, actor=step.actor, now=step.now
        )
        return Done() if was_there else Skipped("The contact did not have this tag.")

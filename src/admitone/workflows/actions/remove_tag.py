from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from admitone.contacts.services import remove_tag
from admitone.workflows.acting import no_contact
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.registry import action
from admitone.workflows.run import StepContext
from admitone.workflows.tagging import TagAction


@action("contact.remove_tag")
class RemoveTag(TagAction):
    """Take a mark off the contact."""

    label = _("Remove tag")
    icon = "tags"

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        was_there = remove_tag(
            account=step.account, contact_id=step.contact.id, tag=step.params.tag, actor=step.actor, now=step.now
        )
        return Done() if was_there else Skipped("The contact did not have this tag.")

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from admitone.contacts.services import add_tag
from admitone.workflows.acting import no_contact
from admitone.workflows.outcomes import Done, Outcome
from admitone.workflows.registry import action
from admitone.workflows.run import StepContext
from admitone.workflows.tagging import TagAction


@action("contact.add_tag")
class AddTag(TagAction):
    """Mark the contact; a tag that is there already stays."""

    label = _("Add tag")
    icon = "tag"
    helps = {"tag": _("Its name; a new name makes a new tag.")}

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        tag = add_tag(
            account=step.account, contact_id=step.contact.id, tag=step.params.tag, actor=step.actor, now=step.now
        )
        return Done({"tag": str(tag.id)}, note=tag.name)

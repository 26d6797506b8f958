from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Tag
from admitone.contacts.services import add_tag
from admitone.contacts.tagging import find_tag
from admitone.logic.errors import Problem
from admitone.workflows.acting import STATUS, STATUS_LABEL, blank_faults, no_contact
from admitone.workflows.outcomes import Done, Outcome
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("contact.add_tag")
class AddTag(Action):
    """Mark the contact; a tag that is there already stays."""

    label = _("Add tag")
    category = _("Contacts")
    icon = "tag"
    outputs = STATUS
    output_labels = STATUS_LABEL
    labels = {"tag": _("Tag")}
    helps = {"tag": _("Its name; a new name makes a new tag.")}
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
        tag = add_tag(
            account=step.account, contact_id=step.contact.id, tag=step.params.tag, actor=step.actor, now=step.now
        )
        return Done({"tag": str(tag.id)}, note=tag.name)


def tag_faults(tag: str, account: Account) -> Faults:
    """A tag meant by its id has to be there; a name need not."""
    try:
        find_tag(account, tag)
    except Problem as problem:
        return problem.fields or {"tag": str(_("There is no such tag."))}
    return {}


def tag_words(tag: str, account: Account) -> str:
    """The tag's name, whichever way it is meant."""
    key = as_uuid(tag)
    name = Tag.objects.filter(pk=key, account=account).values_list("name", flat=True).first() if key else tag
    return " ".join((name or "").split())[:120]

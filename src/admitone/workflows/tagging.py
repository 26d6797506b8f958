"""What the steps that add and remove a tag share: the tag, meant by its name or its id."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Tag
from admitone.contacts.tagging import find_tag
from admitone.logic.errors import Problem
from admitone.workflows.acting import STATUS, STATUS_LABEL, blank_faults
from admitone.workflows.registry import Action, Faults, params


class TagAction(Action):
    category = _("Contacts")
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
        return words(params.tag, account) or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return blank_faults(params, "tag") or missing(params.tag, account)


def missing(tag: str, account: Account) -> Faults:
    """A tag meant by its id has to be there; a name need not."""
    try:
        find_tag(account, tag)
    except Problem as problem:
        return problem.fields or {"tag": str(_("There is no such tag."))}
    return {}


def words(tag: str, account: Account) -> str:
    """The tag's name, whichever way it is meant."""
    key = as_uuid(tag)
    name = Tag.objects.filter(pk=key, account=account).values_list("name", flat=True).first() if key else tag
    return " ".join((name or "").split())[:120]

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account, User
from admitone.contacts.services import assign_owner
from admitone.workflows.acting import STATUS_LABEL, is_colleague, no_contact, team_faults
from admitone.workflows.gates import take_turn
from admitone.workflows.outcomes import Done, Failed, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("contact.assign_user")
class AssignUser(Action):
    """Give the contact an owner; several people take turns."""

    label = _("Assign to user")
    category = _("Contacts")
    icon = "user-check"
    outputs = {"owner": "Dr. Klein", "status": "done"}
    output_labels = {"owner": _("Owner"), **STATUS_LABEL}
    labels = {"users": _("Team members"), "only_unassigned": _("Only contacts without an owner")}
    helps = {"users": _("With several, contacts are given to them in turn.")}
    editors = {"users": "users"}

    @params
    class Params:
        users: tuple[UUID, ...]
        only_unassigned: bool = False

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        users = User.objects.filter(pk__in=params.users, memberships__account=account).distinct()
        names = users.order_by("name").values_list("name", flat=True)
        return ", ".join(name for name in names if name)[:120] or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        if not params.users or len(params.users) > 50:
            return {"users": str(_("Choose somebody of the team."))}
        return team_faults(account, "users", params.users)

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        if step.params.only_unassigned and step.contact.owner_id:
            return Skipped("The contact has an owner already.")
        here = [one for one in step.params.users if is_colleague(step.account, one)]
        if not here:
            return Failed("Nobody chosen here is in the team any more.")
        turn = take_turn(step.enrollment.workflow_id, step.name, step.now) if len(here) > 1 else 0
        who = here[turn % len(here)]
        contact = assign_owner(
            account=step.account, contact_id=step.contact.id, user_id=who, actor=step.actor, now=step.now
        )
        step.enrollment.contact = contact  # as later steps see it
        name = contact.owner.get_full_name() if contact.owner else ""
        return Done({"owner": name, "user": str(who)}, note=name)

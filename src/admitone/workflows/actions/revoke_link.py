from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from admitone.links.services import revoke
from admitone.workflows.actions.generate_link import context_of, latest, link_of
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.registry import Action, action, params
from admitone.workflows.run import StepContext


@action("one_time_link.revoke")
class RevokeLink(Action):
    """Delete a link of this run that was not used."""

    label = _("Delete one-time link")
    category = _("Appointments")
    icon = "ticket-x"
    labels = {"step": _("Link of the step")}
    editors = {"step": "link_step"}

    @params
    class Params:
        """`step` names the step that made the link; the latest link if empty."""

        step: str = ""

    def run(self, step: StepContext) -> Outcome:
        name = step.params.step
        link = latest(step, name) if name else link_of(step.account, step.enrollment.context.get("link"))
        if link is None:
            return Skipped("This run has no such link.")
        if link.uses >= link.max_uses:
            return Skipped("The link has been used: it stays with its booking.")
        revoke(account=step.account, link_id=link.id, actor=step.actor, now=step.now)
        return Done(context=context_of(link))

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from admitone.workflows.outcomes import Goto
from admitone.workflows.registry import Action, action, params
from admitone.workflows.run import StepContext


@action("goto")
class GotoStep(Action):
    """Go on at another step. A way back needs a wait on it."""

    label = _("Go to")
    category = _("Flow")
    icon = "corner-down-right"
    labels = {"step": _("Step")}
    editors = {"step": "step"}

    @params
    class Params:
        step: str

    def run(self, step: StepContext) -> Goto:
        return Goto(step=step.params.step)

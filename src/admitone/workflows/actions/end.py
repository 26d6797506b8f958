from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from admitone.workflows.outcomes import End
from admitone.workflows.registry import Action, action
from admitone.workflows.run import StepContext


@action("end")
class EndHere(Action):
    """The workflow is over for this contact."""

    label = _("End")
    category = _("Flow")
    icon = "circle-stop"

    def run(self, step: StepContext) -> End:
        return End()

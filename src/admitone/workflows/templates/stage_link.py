from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, STAGE, Choices, Document, Template, template


@template("stage_link")
class StageLink(Template):
    label = gettext_lazy("Link when a deal reaches a stage")
    description = gettext_lazy("Moving a deal is enough: its contact gets a link, and you hear if it stays unused.")
    icon = "square-kanban"
    place = 3
    needs = (CALENDAR, STAGE)

    def document(self, choices: Choices) -> Document:
        invitation = parts.mail(
            "invitation",
            _("Send the link"),
            _("The next step with {{ account.name }}"),
            _("We would like to go on with you in person."),
            parts.choose_time(),
            parts.own_link(),
        )
        nudge = parts.mail(
            "nudge",
            _("Remind them of the link"),
            _("Shall we find a time?"),
            _("Your link still works: {{ steps.booking_link.url }}"),
        )
        note = parts.team(
            "call",
            _("Tell the team"),
            _("{{ contact.name }} has not booked"),
            _("{{ contact.name }} got a link six days ago and has not used it. A call may help."),
        )
        pipeline = choices.get("pipeline")
        filters = {"pipeline": str(pipeline) if pipeline else None, "stages": parts.one(choices, "stage")}
        again = parts.booked("booked_at_last", 3, [], [note])
        return {
            "name": _("Link when a deal reaches a stage"),
            "triggers": [parts.trigger("opportunity.stage_changed", **filters)],
            "steps": [
                parts.link(choices, expires_in={"days": 14}),
                invitation,
                parts.booked("booked", 3, [], [nudge, again]),
            ],
        }

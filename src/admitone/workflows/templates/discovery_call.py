from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, FORM, Choices, Document, Template, template


@template("discovery_call")
class DiscoveryCall(Template):
    label = gettext_lazy("Discovery call")
    description = gettext_lazy("A form leads to a first call; the day before, three questions to prepare arrive.")
    icon = "messages-square"
    category = "leads"
    place = 4
    needs = (CALENDAR, FORM)

    def document(self, choices: Choices) -> Document:
        invitation = parts.mail(
            "invitation",
            _("Invite to the call"),
            _("Let us talk"),
            _("Thank you for your interest. The best next step is a short call, free of charge."),
            parts.choose_time(),
        )
        prepare = parts.mail(
            "prepare",
            _("Questions to prepare"),
            _("Before our call: {{ appointment.when }}"),
            _("Three questions to think about before we talk:"),
            _("1. What should be different afterwards?\n2. What have you tried?\n3. By when do you need it?"),
            _("Something came up? Move the call here: {{ appointment.manage_url }}"),
        )
        nudge = parts.mail(
            "nudge",
            _("Remind them of the link"),
            _("Still interested in a call?"),
            _("Your link still works: {{ steps.booking_link.url }}"),
        )
        return {
            "name": _("Discovery call"),
            "settings": {"reentry": False},
            "triggers": [parts.of_form(choices)],
            "steps": [
                parts.link(choices, expires_in={"days": 14}, label=_("Discovery call")),
                invitation,
                parts.booked("booked", 4, [parts.before("day_before", 1440), prepare], [nudge]),
            ],
        }

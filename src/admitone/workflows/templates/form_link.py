from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, FORM, Choices, Document, Template, template


@template("form_link")
class FormLink(Template):
    label = gettext_lazy("Link after a form")
    description = gettext_lazy(
        "Whoever sends a form gets a link of their own by mail, and once more if they do not book."
    )
    icon = "clipboard-list"
    place = 1
    needs = (CALENDAR, FORM)

    def document(self, choices: Choices) -> Document:
        invitation = parts.mail(
            "invitation",
            _("Send the link"),
            _("Choose your time at {{ account.name }}"),
            _("Thank you for writing to us."),
            parts.choose_time(),
            parts.own_link(),
        )
        nudge = parts.mail(
            "nudge",
            _("Remind them of the link"),
            _("Your link is still waiting"),
            _("You have not chosen a time yet. Your link still works: {{ steps.booking_link.url }}"),
        )
        return {
            "name": _("Link after a form"),
            "triggers": [parts.of_form(choices)],
            "steps": [parts.link(choices, expires_in={"days": 14}), invitation, parts.booked("booked", 3, [], [nudge])],
        }

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import Choices, Document, Template, template


@template("sensitive")
class Sensitive(Template):
    label = gettext_lazy("Sensitive appointment")
    description = gettext_lazy(
        "Says nothing about the reason, asks for a code sent to the contact's address, and closes after two days."
    )
    icon = "shield-check"
    category = "occasions"
    place = 3

    def document(self, choices: Choices) -> Document:
        invitation = parts.mail(
            "invitation",
            _("Send the link, without the reason"),
            _("Your appointment"),
            _("Please choose a time within two days: {{ steps.booking_link.url }}"),
            _("For your protection the page asks for a code that we mail to this address."),
        )
        close = parts.step("close", _("Withdraw the link"), "one_time_link.revoke", step=parts.LINK)
        note = parts.team(
            "tell_silent",
            _("Tell the team"),
            _("An appointment was not booked"),
            _("{{ contact.name }} did not choose a time within two days; the link is withdrawn."),
        )
        return {
            "name": _("Sensitive appointment"),
            "triggers": [parts.trigger("manual")],
            "steps": [
                parts.link(choices, expires_in={"days": 2}, contact_policy="verify"),
                invitation,
                parts.booked("booked", 2, [], [close, note]),
            ],
        }

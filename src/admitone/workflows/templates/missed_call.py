from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import Choices, Document, Template, template


@template("missed_call")
class MissedCall(Template):
    label = gettext_lazy("Link after a missed call")
    description = gettext_lazy(
        "Nobody could answer: the caller gets an SMS with a link to book, and the team a note if they do not."
    )
    icon = "phone-missed"
    place = 2

    def document(self, choices: Choices) -> Document:
        answer = parts.sms(
            "answer",
            _("Answer by SMS"),
            _("Sorry that we missed your call. Book a time here: {{ steps.booking_link.url }} {{ account.name }}"),
        )
        note = parts.team(
            "call_back",
            _("Ask the team to call back"),
            _("Call back: {{ contact.phone }}"),
            _("{{ contact.phone }} called, got a link a day ago and has not booked."),
        )
        return {
            "name": _("Link after a missed call"),
            "triggers": [parts.trigger("call.missed")],
            "steps": [parts.link(choices, expires_in={"days": 3}), answer, parts.booked("booked", 1, [], [note])],
        }

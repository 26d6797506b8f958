from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import Choices, Document, Template, template


@template("no_show")
class NoShow(Template):
    label = gettext_lazy("Book again after a no-show")
    description = gettext_lazy(
        "An hour after somebody did not come, a friendly mail with a new link; the team hears if it helps."
    )
    icon = "calendar-x"
    category = "after"
    place = 1

    def document(self, choices: Choices) -> Document:
        again = parts.mail(
            "again",
            _("Send a new link"),
            _("We missed you"),
            _("You could not make it today. That happens; choose another time: {{ steps.booking_link.url }}"),
        )
        note = parts.team(
            "tell_silent",
            _("Tell the team"),
            _("No-show has not booked again: {{ contact.name }}"),
            _("{{ contact.name }} has not used the new link for a week."),
        )
        return {
            "name": _("Book again after a no-show"),
            "triggers": [parts.trigger("booking.no_show", calendars=parts.one(choices, "calendar"))],
            "steps": [
                parts.pause("breather", _("Let an hour pass"), hours=1),
                parts.link(choices, expires_in={"days": 14}),
                again,
                parts.booked("booked", 7, [], [note]),
            ],
        }

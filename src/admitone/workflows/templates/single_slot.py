from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, SLOT, Choices, Document, Template, template


@template("single_slot")
class SingleSlot(Template):
    label = gettext_lazy("One offered time")
    description = gettext_lazy(
        "Offers a single time, as when somebody cancelled; who does not take it gets all the others."
    )
    icon = "timer"
    category = "occasions"
    place = 2
    needs = (CALENDAR, SLOT)

    def document(self, choices: Choices) -> Document:
        offer = parts.mail(
            "offer",
            _("Offer the time"),
            _("A time has come free"),
            _("A time has come free, and we thought of you. First come, first served: {{ steps.booking_link.url }}"),
        )
        others = parts.step(
            "open_link", _("Make a link with all times"), "one_time_link.generate", calendar=str(choices["calendar"])
        )
        again = parts.mail(
            "others",
            _("Offer all times"),
            _("Other times for you"),
            _("That time did not suit you or is gone. Here are all the others: {{ steps.open_link.url }}"),
        )
        return {
            "name": _("One offered time"),
            "triggers": [parts.trigger("manual")],
            "steps": [
                parts.link(choices, offered=list(choices["offered"]), label=_("One offered time")),
                offer,
                parts.booked("booked", 1, [], [others, again]),
            ],
        }

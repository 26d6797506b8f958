from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, TAG, Choices, Document, Template, template


@template("promotion")
class Promotion(Template):
    label = gettext_lazy("Promotion")
    description = gettext_lazy(
        "An offer with an end: a link each for a week, and a last call two days before it closes."
    )
    icon = "badge-percent"
    category = "occasions"
    place = 4
    needs = (CALENDAR, TAG)

    def document(self, choices: Choices) -> Document:
        terms = {
            "expires_in": {"days": 7},
            "label": _("Promotion"),
            "note": _("The offer is applied to this appointment."),
            "metadata": {"campaign": "promotion"},
            "delete_earlier": True,
        }
        offer = parts.mail(
            "offer",
            _("Send the offer"),
            _("An offer for you from {{ account.name }}"),
            _("Book by {{ one_time_link.expires_at }} and the offer is yours: {{ steps.booking_link.url }}"),
        )
        last = parts.mail(
            "last_call",
            _("Last call"),
            _("Only until {{ one_time_link.expires_at }}"),
            _("Two days are left: {{ steps.booking_link.url }}"),
        )
        return {
            "name": _("Promotion"),
            "triggers": [
                parts.trigger("contact.tag_added", tags=parts.one(choices, "tag")),
                parts.trigger("manual"),
            ],
            "steps": [parts.link(choices, **terms), offer, parts.booked("booked", 5, [], [last])],
        }

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, TAG, Choices, Document, Template, template


@template("vip")
class Vip(Template):
    label = gettext_lazy("VIP")
    description = gettext_lazy(
        "A tag is enough: a personal link that only this contact can use, and the team hears how it went."
    )
    icon = "star"
    category = "occasions"
    place = 1
    needs = (CALENDAR, TAG)

    def document(self, choices: Choices) -> Document:
        terms = {
            "expires_in": {"days": 30},
            "contact_policy": "refuse",
            "label": _("VIP"),
            "note": _("Reserved for you personally."),
        }
        invitation = parts.mail(
            "invitation",
            _("Send the personal link"),
            _("Your personal link to {{ account.name }}"),
            _("This link is reserved for you. Choose any time you like: {{ steps.booking_link.url }}"),
        )
        came = parts.team(
            "tell_booked",
            _("Tell the team"),
            _("VIP booked: {{ contact.name }}"),
            _("{{ contact.name }} comes on {{ appointment.when }}."),
        )
        silent = parts.team(
            "tell_silent",
            _("Tell the team"),
            _("VIP has not booked: {{ contact.name }}"),
            _("{{ contact.name }} has not used the personal link for a week. A call may help."),
        )
        return {
            "name": _("VIP"),
            "triggers": [parts.trigger("contact.tag_added", tags=parts.one(choices, "tag"))],
            "steps": [parts.link(choices, **terms), invitation, parts.booked("booked", 7, [came], [silent])],
        }

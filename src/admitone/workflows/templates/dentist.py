from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, FORM, Choices, Document, Template, template


@template("dentist")
class Dentist(Template):
    label = gettext_lazy("Dentist: from inquiry to chair")
    description = gettext_lazy(
        "Form, link, a nudge by SMS or mail if it stays unused, and what to bring the day before."
    )
    icon = "smile"
    category = "trades"
    place = 1
    needs = (CALENDAR, FORM)

    def document(self, choices: Choices) -> Document:
        invitation = parts.mail(
            "invitation",
            _("Send the link"),
            _("Your appointment at {{ account.name }}"),
            _("Thank you for your inquiry. We look forward to meeting you."),
            parts.choose_time(),
            parts.own_link(),
        )
        prepare = parts.mail(
            "prepare",
            _("What to bring"),
            _("Tomorrow: {{ appointment.when }}"),
            _("Please bring your insurance card, a list of your medicines and earlier X-rays if you have them."),
            _("Something came up? Move or cancel here: {{ appointment.manage_url }}"),
        )
        return {
            "name": _("Dentist: from inquiry to chair"),
            "triggers": [parts.of_form(choices)],
            "steps": [
                parts.link(choices, expires_in={"days": 14}),
                invitation,
                parts.booked("booked", 2, [], unused()),
                parts.before("day_before", 1440),
                prepare,
            ],
        }


def unused() -> list[parts.Step]:
    """A nudge, then five days more; who has not booked by then is told to the team, and that is the end."""
    by_sms = parts.sms(
        "nudge_sms",
        _("Nudge by SMS"),
        _("Your link to book at {{ account.name }} still works: {{ steps.booking_link.url }}"),
    )
    by_mail = parts.mail(
        "nudge",
        _("Nudge by mail"),
        _("Shall we find a time for you?"),
        _("You have not chosen a time yet. Your link still works: {{ steps.booking_link.url }}"),
    )
    note = parts.team(
        "tell_silent",
        _("Tell the front desk"),
        _("Please call {{ contact.name }}"),
        _("{{ contact.name }} asked for an appointment a week ago and has not booked."),
    )
    end = parts.step("not_now", _("End"), "end")
    return [
        parts.by_phone_or_mail("how", _("SMS or mail"), by_sms, by_mail),
        parts.booked("booked_at_last", 5, [], [note, end]),
    ]

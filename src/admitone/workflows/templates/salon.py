from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.workflows.templates import parts
from admitone.workflows.templates.registry import CALENDAR, FORM, Choices, Document, Template, template


@template("salon")
class Salon(Template):
    label = gettext_lazy("Salon: from wish to appointment")
    description = gettext_lazy(
        "Form, link, a nudge after a day, a reminder three hours before, and thanks the day after."
    )
    icon = "scissors"
    category = "trades"
    place = 2
    needs = (CALENDAR, FORM)

    def document(self, choices: Choices) -> Document:
        invitation = parts.mail(
            "invitation",
            _("Send the link"),
            _("Your time at {{ account.name }}"),
            _("Lovely that you want to come."),
            parts.choose_time(),
        )
        thanks = parts.mail(
            "thanks",
            _("Say thank you"),
            _("Thank you for coming"),
            _("It was good to see you. Write to us if anything is not as you like it."),
        )
        day_after = parts.step(
            "day_after", _("Wait for the day after"), "wait.until", anchor="appointment.end", minutes=1440
        )
        return {
            "name": _("Salon: from wish to appointment"),
            "triggers": [parts.of_form(choices)],
            "steps": [
                parts.link(choices, expires_in={"days": 7}),
                invitation,
                parts.booked("booked", 1, [], unused()),
                parts.before("hours_before", 180),
                reminder(),
                day_after,
                thanks,
            ],
        }


def unused() -> list[parts.Step]:
    by_sms = parts.sms(
        "nudge_sms", _("Nudge by SMS"), _("Your link still works: {{ steps.booking_link.url }} {{ account.name }}")
    )
    by_mail = parts.mail(
        "nudge",
        _("Nudge by mail"),
        _("Have you found a time?"),
        _("Your link still works: {{ steps.booking_link.url }}"),
    )
    end = parts.step("not_now", _("End"), "end")
    return [
        parts.by_phone_or_mail("how", _("SMS or mail"), by_sms, by_mail),
        parts.booked("booked_at_last", 5, [], [end]),
    ]


def reminder() -> parts.Step:
    by_sms = parts.sms(
        "reminder_sms",
        _("Remind by SMS"),
        _("See you at {{ appointment.time }}. Move or cancel: {{ appointment.manage_url }} {{ account.name }}"),
    )
    by_mail = parts.mail(
        "reminder",
        _("Remind by mail"),
        _("Today at {{ appointment.time }}"),
        _("We are looking forward to you. Move or cancel here: {{ appointment.manage_url }}"),
    )
    return parts.by_phone_or_mail("how_to_remind", _("SMS or mail"), by_sms, by_mail)

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.messaging.letters import Brand, by_hand
from admitone.messaging.services import queue
from admitone.notifications.recipients import Recipient, admins_of, of_host
from admitone.values import render
from admitone.workflows.outcomes import Done, Failed, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("notify.internal")
class NotifyInternal(Action):
    """A mail to the team."""

    label = _("Internal notification")
    category = _("Communication")
    icon = "bell"
    templates = ("subject", "body")

    @params
    class Params:
        """`to`: owners and admins, or the host of the appointment (owners where there is none)."""

        subject: str
        body: str
        to: Literal["owners", "host"] = "owners"

    @classmethod
    def summary(cls, params: Any) -> str:
        return params.subject[:120]

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        empty = str(_("This must not be empty."))
        return {name: empty for name in ("subject", "body") if not getattr(params, name).strip()}

    def run(self, step: StepContext) -> Outcome:
        people = recipients(step)
        if not people:
            return Skipped("no email")
        subject = render(step.params.subject, step.values, channel="subject").text
        body = render(step.params.body, step.values, channel="text").text
        rendered = by_hand(subject, body, Brand(step.account.name))
        for place, person in enumerate(people):
            message = queue(
                account_id=step.account.id,
                kind="workflow.notice",
                key=f"{step.key}:{place}",
                to=person.email,
                reply_to=step.contact.email if step.contact else "",
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                now=step.now,
            )
            if message.status == "failed":
                return Failed(message.error)
        return Done()


def recipients(step: StepContext) -> list[Recipient]:
    booking = step.values.booking
    if step.params.to == "host" and booking is not None:
        host = of_host(booking.host, step.account, step.account.timezone)
        if host:
            return [host]
    return admins_of(step.account)

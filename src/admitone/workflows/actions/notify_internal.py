from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.messaging.letters import Brand, by_hand
from admitone.messaging.services import queue
from admitone.notifications.recipients import Recipient, admins_of, of_host, of_user
from admitone.values import render
from admitone.workflows.acting import STATUS, STATUS_LABEL, Texts, is_colleague
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
    labels = {"subject": _("Subject"), "body": _("Text"), "to": _("To")}
    editors = {"subject": "subject", "body": "body"}
    outputs = STATUS
    output_labels = STATUS_LABEL
    words = {
        "to": {
            "owners": _("Owners and admins"),
            "host": _("The host of the appointment"),
            "contact_owner": _("The contact's owner"),
        }
    }

    @params
    class Params:
        """`to`: owners and admins, the host of the appointment or the contact's owner (owners where there is none)."""

        subject: str
        body: str
        to: Literal["owners", "host", "contact_owner"] = "owners"

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return params.subject[:120]

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        empty = str(_("This must not be empty."))
        return {name: empty for name in ("subject", "body") if not getattr(params, name).strip()}

    def run(self, step: StepContext) -> Outcome:
        people = recipients(step)
        if not people:
            return Skipped("no email")
        subject = render(step.params.subject, step.values, channel="subject")
        body = render(step.params.body, step.values, channel="text")
        rendered = by_hand(subject.text or str(self.label), body.text, Brand(step.account.name))
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
        return Done({"status": "sent"}, note=Texts({}, tuple(dict.fromkeys(subject.empty + body.empty))).note)


def recipients(step: StepContext) -> list[Recipient]:
    booking = step.values.booking
    if step.params.to == "host" and booking is not None:
        host = of_host(booking.host, step.account, step.account.timezone)
        if host:
            return [host]
    owner = step.contact.owner if step.params.to == "contact_owner" and step.contact else None
    if owner is not None and is_colleague(step.account, owner.id):
        return [of_user(owner, step.account, step.account.timezone)]
    return admins_of(step.account)

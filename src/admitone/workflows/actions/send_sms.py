"""Send SMS: never blank, never to somebody who said STOP, never with a link that cannot be booked, never twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from admitone.accounts.models import Account
from admitone.logic.sms import size
from admitone.messaging import queries as messaging
from admitone.messaging.models import Message
from admitone.messaging.services import queue
from admitone.values import render
from admitone.workflows.outcomes import Done, Failed, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext
from admitone.workflows.sending import Links, nothing_in, outside_window, told
from admitone.workflows.wording import Texts, borrowed, text_faults, texts_of, within_cap

SHOWN = 100


@action("sms.send")
class SendSms(Action):
    """An SMS to the contact."""

    label = _("Send SMS")
    category = _("Communication")
    icon = "message-square-text"
    templates = ("body",)
    outputs = {"status": "sent"}
    labels = {
        "body": _("Text"),
        "dead_link": _("If the link can no longer be booked"),
        "template": _("Template"),
    }
    helps = {
        "body": _("160 characters are one SMS; with emoji or letters like ş it is 70. Longer texts cost several."),
        "template": _("Its text is used where yours is empty."),
    }
    editors = {"body": "text", "template": "template"}

    @params
    class Params:
        """A merge text. `dead_link` is as with Send Email; `template` the id of a message template for SMS that stands in
        for an empty body."""

        body: str = ""
        dead_link: Literal["auto", "new", "skip", "stop"] = "auto"
        template: str = ""

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        """The beginning of the text, and how many SMS it is before its values are filled in."""
        text = " ".join(params.body.split())
        if not text:
            return str(_("From a template"))
        cost = size(params.body).parts
        parts = ngettext("about %(n)d SMS", "about %(n)d SMS", cost) % {"n": cost}
        return f"{text[:SHOWN]}{'…' if len(text) > SHOWN else ''} ({parts})"

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return text_faults(params, account, "sms")

    @classmethod
    def texts(cls, params: Any, account: Account) -> Mapping[str, str]:
        return {**super().texts(params, account), "template": borrowed(params, account, "sms")}

    def run(self, step: StepContext) -> Outcome:
        if closed := outside_window(step):
            return closed
        to = step.contact.phone if step.contact else ""
        if reason := why_not(step, to):
            return Skipped(reason)
        return within_cap(step, "sms", lambda: compose(step, to))


def why_not(step: StepContext, to: str) -> str:
    """The reason why nothing can be sent to this contact, or ""."""
    if not to:
        return "no phone"
    if messaging.opted_out(step.account, "sms", to):
        return "opted out"
    return "landline" if messaging.is_landline(step.account, step.enrollment.contact_id, to) else ""


def compose(step: StepContext, to: str) -> Outcome:
    """Fill the text in with what is true now, and queue it."""
    texts = texts_of(step.params, step.account, "sms")
    links = Links.of(step, texts)
    return links.refresh() or send(step, links, texts, to)


def send(step: StepContext, links: Links, texts: Texts, to: str) -> Outcome:
    context = step.fresh().values if links.changed else step.values
    with context.reader.speaking():
        body = render(texts.body, context, channel="sms")
    if body.empty or not body.text:
        return Failed(nothing_in(body.empty))
    message = keep(step, links, to, body.text)
    if message.status == "failed":
        return Failed(message.error)
    told(step, links, message)
    cost = size(body.text).parts
    notes = (links.note, f"{cost} SMS" if cost > 1 else "")
    return Done({"status": message.status}, message_id=message.id, note=" ".join(filter(None, notes)))


def keep(step: StepContext, links: Links, to: str, body: str) -> Message:
    """Queued in the transaction that records the step."""
    return queue(
        account_id=step.account.id,
        contact_id=step.enrollment.contact_id,
        channel="sms",
        link_id=next(iter(links.found.values())).id if links.found else None,
        kind="workflow",
        key=step.key,
        to=to,
        text=body,
        must_contain=[url for url in links.urls() if url in body],
        now=step.now,
    )

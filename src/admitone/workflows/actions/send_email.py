"""Send Email: never blank, never with a link that cannot be booked, never twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from admitone.accounts.addresses import unsubscribe_url
from admitone.accounts.models import Account
from admitone.links.groups import color_of
from admitone.logic.identity import clean_email
from admitone.logic.ids import uuid7
from admitone.messaging import queries as messaging
from admitone.messaging.letters import Action as Button
from admitone.messaging.letters import Brand, by_hand
from admitone.messaging.models import Message
from admitone.messaging.services import queue
from admitone.values import render
from admitone.workflows.outcomes import Done, Failed, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext
from admitone.workflows.sending import Links, nothing_in, outside_window, told
from admitone.workflows.wording import Texts, borrowed, text_faults, texts_of, within_cap


@action("email.send")
class SendEmail(Action):
    """A mail to the contact, or to an address of one's own."""

    label = _("Send Email")
    category = _("Communication")
    icon = "mail"
    templates = ("subject", "body", "to")
    outputs = {"status": "sent"}
    labels = {
        "subject": _("Subject"),
        "body": _("Text"),
        "to": _("To"),
        "dead_link": _("If the link can no longer be booked"),
        "template": _("Template"),
        "unsubscribe": _("With a way to unsubscribe"),
    }
    helps = {
        "to": _("Left empty, the contact's own address."),
        "template": _("Its subject and text are used where yours are empty."),
        "unsubscribe": _("Switch it off only for mails that somebody needs to get, like a receipt."),
    }
    editors = {"subject": "subject", "body": "body", "to": "subject", "template": "template"}
    words = {
        "dead_link": {
            "auto": _("Make a new one, or skip this mail if it was used"),
            "new": _("Make a new one"),
            "skip": _("Skip this mail"),
            "stop": _("Stop here"),
        }
    }

    @params
    class Params:
        """Merge texts. `to` is the contact's address if empty. `dead_link`: when a merged link can no longer be booked,
        make a new one, skip this mail, stop; auto skips it once the link was used and else makes a new one.
        `template` is the id of a message template that stands in for an empty subject or body."""

        subject: str = ""
        body: str = ""
        to: str = ""
        dead_link: Literal["auto", "new", "skip", "stop"] = "auto"
        template: str = ""
        unsubscribe: bool = True

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return params.subject[:120] or str(_("From a template"))

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return text_faults(params, account, "email")

    @classmethod
    def texts(cls, params: Any, account: Account) -> Mapping[str, str]:
        return {**super().texts(params, account), "template": borrowed(params, account, "email")}

    def run(self, step: StepContext) -> Outcome:
        if closed := outside_window(step):
            return closed
        to = recipient(step)
        if isinstance(to, (Skipped, Failed)):
            return to
        if messaging.opted_out(step.account, "email", to):
            return Skipped("opted out")
        return within_cap(step, "email", lambda: compose(step, to))


def compose(step: StepContext, to: str) -> Outcome:
    """Fill the text in with what is true now, and queue it."""
    texts = texts_of(step.params, step.account, "email")
    links = Links.of(step, texts)
    return links.refresh() or send(step, links, texts, to)


def recipient(step: StepContext) -> str | Skipped | Failed:
    if not step.params.to.strip():
        found = step.contact.email if step.contact else ""
        return found or Skipped("no email")
    text = render(step.params.to, step.values, channel="subject").text
    if not text:
        return Skipped("no email")
    try:
        return clean_email(text)
    except ValueError as error:
        return Failed(f"{text}: {error}")


def send(step: StepContext, links: Links, texts: Texts, to: str) -> Outcome:
    context = step.fresh().values if links.changed else step.values
    with context.reader.speaking():
        subject = render(texts.subject, context, channel="subject")
        body = render(texts.body, context, channel="text")
        empty = [*subject.empty, *body.empty]
        if empty or not subject.text or not body.text.strip():
            return Failed(nothing_in(empty))
        message = keep(step, links, to, subject.text, body.text)
    if message.status == "failed":
        return Failed(message.error)
    told(step, links, message)
    return Done({"status": message.status}, note=links.note, message_id=message.id)


def keep(step: StepContext, links: Links, to: str, subject: str, body: str) -> Message:
    """The rendered mail, queued in the transaction that records the step."""
    shown = [url for url in links.urls() if url in body]
    message_id, unsubscribe = uuid7(), step.params.unsubscribe
    rendered = by_hand(
        subject,
        body,
        brand_of(step, links),
        button=Button(gettext("Choose a time"), shown[0]) if shown else None,
        leave=Button(gettext("Unsubscribe"), unsubscribe_url(message_id)) if unsubscribe else None,
    )
    sender = step.settings.sender
    return queue(
        message_id=message_id,
        unsubscribe=unsubscribe,
        account_id=step.account.id,
        contact_id=step.enrollment.contact_id,
        link_id=next(iter(links.found.values())).id if links.found else None,
        kind="workflow",
        key=step.key,
        to=to,
        from_name=sender.from_name,
        reply_to=sender.reply_to or messaging.reply_to(step.account),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        must_contain=shown,
        now=step.now,
    )


def brand_of(step: StepContext, links: Links) -> Brand:
    link = next(iter(links.found.values()), None)
    return Brand(step.account.name, color_of(link) if link else "")

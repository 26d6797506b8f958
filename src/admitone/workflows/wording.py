"""What a message step sends: its own words, or those of a message template; and whether it may today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.messaging import caps
from admitone.messaging.models import MessageTemplate
from admitone.messaging.queries import template_of
from admitone.workflows.outcomes import Done, Outcome, Wait
from admitone.workflows.registry import Faults
from admitone.workflows.run import StepContext


@dataclass(frozen=True, slots=True)
class Texts:
    """`subject` stays empty for SMS."""

    subject: str
    body: str


def texts_of(params: Any, account: Account, channel: str) -> Texts:
    """The step's own texts; where one is empty, the template's. A template deleted since publication still gives its words."""
    own = Texts(getattr(params, "subject", ""), params.body)
    found = found_template(params, account, channel) if lacks(own, channel) else None
    return Texts(own.subject or found.subject, own.body or found.body) if found else own


def lacks(own: Texts, channel: str) -> bool:
    return not own.body.strip() or (channel == "email" and not own.subject.strip())


def found_template(params: Any, account: Account, channel: str) -> MessageTemplate | None:
    return template_of(account, params.template, channel) if params.template else None


def borrowed(params: Any, account: Account, channel: str) -> str:
    """What the template adds to the step's own words, to be checked with them."""
    own, whole = Texts(getattr(params, "subject", ""), params.body), texts_of(params, account, channel)
    return "\n".join(text for text, mine in ((whole.subject, own.subject), (whole.body, own.body)) if not mine)


def text_faults(params: Any, account: Account, channel: str) -> Faults:
    """Why the step has nothing to send: no words, or those of a template that is gone."""
    template = found_template(params, account, channel)
    if params.template and (template is None or template.deleted_at):
        return {"template": _("This template is not there any more. Choose another, or write the text here.")}
    whole = texts_of(params, account, channel)
    wanted = ("subject", "body") if channel == "email" else ("body",)
    return {name: _("This must not be empty.") for name in wanted if not getattr(whole, name).strip()}


def within_cap(step: StepContext, channel: str, send: Callable[[], Outcome]) -> Outcome:
    """Send, or wait for the next day if the account's workflows have sent enough today."""
    opens = caps.take(account=step.account, channel=channel, now=step.now)
    if opens is not None:
        cap = caps.cap_of(step.account, channel)
        return Wait(opens, note=f"Waits for tomorrow: the daily limit of {cap} messages is reached.")
    outcome = send()
    if not isinstance(outcome, Done):
        caps.give_back(account=step.account, channel=channel, now=step.now)
    return outcome

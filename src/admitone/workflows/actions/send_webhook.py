"""Send Webhook: one signed POST, with the same id on every attempt, so that receivers can leave out repetitions."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.accounts.sealing import SealBroken
from admitone.booking.payload import booking_view
from admitone.contacts.payload import contact_view
from admitone.integrations import outbound
from admitone.links.queries import views
from admitone.webhooks.payloads import text_of
from admitone.webhooks.services import clean_url
from admitone.webhooks.signing import message_id, secrets_for, signed
from admitone.workflows.acting import STATUS_LABEL, fill
from admitone.workflows.outcomes import Done, Failed, Outcome, Preview, Retry
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext

KIND = "workflow.step"
TIMEOUT = 10.0
KEPT_BYTES = 1000
SHOWN = 1000  # characters of a body in a test run
PASSING = frozenset({408, 425, 429})  # besides 5xx
WAITS = (10, 30, 120, 600, 1800, 3600, 7200)  # seconds before each further attempt
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
OURS = frozenset({"host", "connection", "content-length", "content-type", "transfer-encoding", "te", "upgrade"})


@action("webhook.send")
class SendWebhook(Action):
    """Tell another program, by a signed message (Standard Webhooks): the values chosen, or everything about the run."""

    label = _("Send webhook")
    category = _("Integrations")
    icon = "webhook"
    external = True
    templates = ("values",)
    outputs = {"status": "200", "body": "OK"}
    output_labels = {**STATUS_LABEL, "body": _("Answer")}
    labels = {"url": _("Address"), "values": _("Values to send"), "headers": _("Further headers")}
    helps = {
        "url": _(
            "Signed with the secret of the webhook endpoint that has this address, else with the one that "
            "Settings > Webhooks shows for workflows."
        ),
        "values": _(
            "One a line: a name, a colon, the value, which may merge others. Everything about the run if empty."
        ),
    }
    editors = {"values": "headers", "headers": "headers"}

    @params
    class Params:
        """`values`: name -> merge text; the whole context if there are none."""

        url: str
        values: dict[str, str] = field(default_factory=dict)
        headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return (urlsplit(params.url).hostname or str(cls.label))[:120]

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        try:
            clean_url(params.url)
        except ValueError as error:
            return {"url": str(error)}
        wrong = next((name for name, text in params.headers.items() if not header_fits(name, text)), None)
        return {} if wrong is None else {"headers": str(_("%(name)s cannot be set.") % {"name": wrong})}

    @classmethod
    def preview(cls, step: StepContext) -> Preview:
        words = _("A test sends nothing. This would be sent: %(body)s")
        note = str(words) % {"body": body_of(step)[0][:SHOWN]}
        return Preview(cls.summary(step.params, step.account), Done(dict(cls.outputs), note=note))

    def run(self, step: StepContext) -> Outcome:
        body, note = body_of(step)
        try:
            answer = outbound.post(
                clean_url(step.params.url),
                content=body.encode(),
                headers=headers(step, body),
                timeout=TIMEOUT,
                kept=KEPT_BYTES,
            )
        except SealBroken:
            return Failed("The secret key of this server has changed. Rotate the secret of the endpoint.")
        except ValueError as error:  # refused by us: a private or an impossible address
            return Failed(str(error))
        except (httpx.HTTPError, OSError) as error:
            return Retry(pause(step), f"{type(error).__name__}: {error}"[:500])
        return judged(step, answer, note)


def body_of(step: StepContext) -> tuple[str, str]:
    """What is sent, and a note of values that came out empty."""
    texts = fill(step, step.params.values)
    chosen = {name: texts.found.get(name, "") for name in step.params.values}
    return text_of(KIND, step.now, {**about(step), **(chosen or everything(step))}), texts.note


def header_fits(name: str, text: str) -> bool:
    """A header of one's own: not one that we set, and nothing that ends a line."""
    plain = text.isascii() and text.isprintable() and len(text) <= 1000
    low = name.lower()
    return bool(HEADER.fullmatch(name)) and plain and low not in OURS and not low.startswith("webhook-")


def headers(step: StepContext, body: str) -> dict[str, str]:
    key = message_id(step.run.id)
    secrets = secrets_for(step.account, step.params.url, step.now)
    return {**step.params.headers, "Content-Type": "application/json", **signed(secrets, key, body, step.now)}


def pause(step: StepContext) -> float:
    return float(WAITS[min(step.run.attempts, len(WAITS)) - 1])


def judged(step: StepContext, answer: outbound.Reply, note: str) -> Outcome:
    if 200 <= answer.status < 300:
        return Done({"status": str(answer.status), "body": answer.text}, note=note)
    words = f"The server answered {answer.status}. {answer.text[:300]}".strip()
    passing = answer.status in PASSING or answer.status >= 500
    return Retry(pause(step), words) if passing else Failed(words)


def about(step: StepContext) -> dict[str, Any]:
    """Which run this is."""
    one = step.enrollment
    return {
        "account": str(one.account_id),
        "workflow": str(one.workflow_id),
        "enrollment": str(one.id),
        "step": step.name,
        "visit": step.run.visit,
    }


def everything(step: StepContext) -> dict[str, Any]:
    """The contact, appointment and link as the API shows them, and what the steps have made."""
    values, contact, link = step.values, step.contact, step.values.link
    return {
        "contact": {**contact_view(contact), "custom": contact.custom} if contact else None,
        "appointment": booking_view(values.booking) if values.booking else None,
        "one_time_link": views([link])[0].as_dict(step.now) if link else None,
        "steps": {name: plain(outputs) for name, outputs in step.outputs.items()},
    }


def plain(outputs: Any) -> dict[str, Any]:
    return {name: raw.isoformat() if isinstance(raw, datetime) else raw for name, raw in outputs.items()}

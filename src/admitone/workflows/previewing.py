"""A message template as it would be sent to one contact: rendered, with what is wrong and what came out empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.contacts.models import Contact
from admitone.links.models import OneTimeLink
from admitone.messaging.letters import Action, Brand, by_hand
from admitone.values import Context, namespaces, render, used
from admitone.values.registry import Field, Namespace
from admitone.workflows.services.message_templates import STEPS, fault_of

LOOKS_LIKE = "https://example.com/u/"


@dataclass(frozen=True, slots=True)
class Preview:
    """`faults` by field; with any of them there is no text. `empty` names values; `made_up` those that only a run has."""

    subject: str = ""
    text: str = ""
    html: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    empty: tuple[str, ...] = ()
    made_up: tuple[str, ...] = ()


def preview(account: Account, contact: Contact | None, channel: str, subject: str, body: str, now: datetime) -> Preview:
    """With the contact's latest appointment and link; what earlier steps would make is shown by its name."""
    faults = [(name, fault_of(account, name, text)) for name, text in (("subject", subject), ("body", body))]
    if found := tuple((name, words) for name, words in faults if words):
        return Preview(faults=found)
    asked = used(subject) | used(body)
    context = context_of(account, contact, asked, now)
    with context.reader.speaking():
        head = render(subject, context, channel="subject")
        text = render(body, context, channel="sms" if channel == "sms" else "text")
        empty = tuple(dict.fromkeys([*head.empty, *text.empty]))
        made_up = tuple(sorted(name for name in asked if name.startswith(f"{STEPS}.")))
        if channel == "sms":
            return Preview("", text.text, "", (), empty, made_up)
        leave = Action(gettext("Unsubscribe"), LOOKS_LIKE)
        mail = by_hand(head.text, text.text, Brand(account.name), leave=leave)
    return Preview(mail.subject, mail.text, mail.html, (), empty, made_up)


def context_of(account: Account, contact: Contact | None, asked: set[str], now: datetime) -> Context:
    mine = {"account": account, "contact": contact}
    booking = Booking.objects.filter(**mine).order_by("-start_min").first() if contact else None
    link = OneTimeLink.objects.filter(**mine).order_by("-id").first() if contact else None
    return Context(
        account=account,
        now=now,
        contact_id=contact.pk if contact else None,
        booking_id=booking.pk if booking else None,
        link_id=link.pk if link else None,
        steps=stand_ins(asked),
    )


def stand_ins(asked: set[str]) -> dict[str, dict[str, str]]:
    """[url of send_link] for {{ steps.send_link.url }}."""
    found: dict[str, dict[str, str]] = {}
    for name in asked:
        root, _dot, rest = name.partition(".")
        step, _dot, output = rest.partition(".")
        if root == STEPS and output:
            found.setdefault(step, {})[output] = f"[{output}: {step}]"
    return found


def choices(account: Account) -> list[tuple[str, str, str]]:
    """(what to write, noun, label) of every value that a template may hold."""
    return [
        (f"{{{{ {root}.{name} }}}}", str(space.label), str(field.label))
        for root, space in namespaces().items()
        if not space.free
        for name, field in fields(space, account)
    ]


def fields(space: Namespace, account: Account) -> list[tuple[str, Field]]:
    return [*space.fields.items(), *space.own_fields(account).items()]

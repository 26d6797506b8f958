"""Send a link by email, in words that somebody may have edited."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import Account
from admitone.events import Actor, record_many
from admitone.links.groups import color_of
from admitone.links.services.changing import locked
from admitone.links.services.issuing import event_of
from admitone.logic.faults import Faults
from admitone.logic.identity import clean_email, clean_name, clean_text
from admitone.logic.ids import uuid7
from admitone.messaging.letters import Action, Brand, by_hand
from admitone.messaging.models import Message
from admitone.messaging.services import queue

MAX_BODY = 5000


@transaction.atomic
def send_link(
    *,
    account: Account,
    link_id: UUID | str,
    to: str,
    subject: str,
    body: str,
    actor: Actor,
    now: datetime,
    reply_to: str = "",
) -> Message:
    """Queue the mail and note that the link was sent. Problem `invalid` if a field is empty or the text lost the link."""
    link = locked(account, link_id)
    url = one_time_url(link.id)
    cleaned = _clean(to, subject, body, url)
    brand = Brand(account.name, color_of(link))
    rendered = by_hand(cleaned["subject"], cleaned["body"], brand, button=Action(_("Choose a time"), url))
    message = queue(
        account_id=account.id,
        contact_id=link.contact_id,
        link_id=link.id,
        kind="link.sent",
        key=f"link.sent:{uuid7()}",
        to=cleaned["to"],
        reply_to=reply_to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        must_contain=(url,),
        now=now,
    )
    record_many([event_of(link, "one_time_link.sent", actor, now, message=str(message.id))])
    return message


def _clean(to: str, subject: str, body: str, url: str) -> dict[str, str]:
    found, faults = {}, Faults()
    reads = {
        "to": lambda: clean_email(to),
        "subject": lambda: clean_name(subject, 200),
        "body": lambda: clean_text(body, MAX_BODY),
    }
    for name, read in reads.items():
        with faults.at(name):
            found[name] = read()
    if not found.get("subject"):
        faults.setdefault("subject", "Enter a subject.")
    if url not in found.get("body", ""):
        faults.setdefault("body", "The text has to contain the link.")
    faults.refuse()
    return found

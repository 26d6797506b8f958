"""Message templates: made, changed, copied, deleted and brought back. Their words are checked against every value there is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name
from admitone.messaging.models import MessageTemplate
from admitone.values import available, check, namespaces, used
from admitone.values.language import MAX_TEMPLATE

CHANNELS = ("email", "sms")
MAX_SUBJECT = 300
UNDO = timedelta(days=30)
STEPS = "steps"


@transaction.atomic
def create_template(
    *,
    account: Account,
    name: str,
    actor: Actor,
    now: datetime,
    channel: str = "email",
    subject: str = "",
    body: str = "",
) -> MessageTemplate:
    """A template, which may still be empty. Problem("invalid") names what has to be corrected."""
    if channel not in CHANNELS:
        raise Problem("invalid", fields={"channel": _("Choose email or SMS.")})
    values = cleaned(account, channel, {"name": name, "subject": subject, "body": body})
    made = MessageTemplate.objects.create(account=account, channel=channel, created_at=now, updated_at=now, **values)
    tell(made, actor, now, "message_template.created")
    return made


@transaction.atomic
def update_template(
    *, account: Account, template_id: Any, actor: Actor, now: datetime, **changes: str
) -> MessageTemplate:
    """Change name, subject or body; workflows send the new words from now on. Raises Problem("invalid")."""
    template = locked(account, template_id)
    values = cleaned(account, template.channel, changes)
    changed = sorted(name for name, value in values.items() if getattr(template, name) != value)
    if changed:
        for name in changed:
            setattr(template, name, values[name])
        template.updated_at = now
        template.save(update_fields=[*changed, "updated_at"])
        tell(template, actor, now, "message_template.changed", fields=changed)
    return template


@transaction.atomic
def duplicate_template(*, account: Account, template_id: Any, actor: Actor, now: datetime) -> MessageTemplate:
    """The same words under another name."""
    found = locked(account, template_id)
    name = _("Copy of %(name)s") % {"name": found.name}
    made = MessageTemplate.objects.create(
        account=account,
        channel=found.channel,
        name=name[:120],
        subject=found.subject,
        body=found.body,
        created_at=now,
        updated_at=now,
    )
    tell(made, actor, now, "message_template.created")
    return made


@transaction.atomic
def delete_template(*, account: Account, template_id: Any, actor: Actor, now: datetime) -> MessageTemplate:
    """Hide it; what runs with its words goes on, publishing anew does not."""
    template = locked(account, template_id)
    template.deleted_at = template.updated_at = now
    template.save(update_fields=["deleted_at", "updated_at"])
    tell(template, actor, now, "message_template.deleted")
    return template


@transaction.atomic
def restore_template(*, account: Account, template_id: Any, actor: Actor, now: datetime) -> MessageTemplate:
    """Undo a deletion of the last 30 days; of a template that is there, nothing."""
    template = locked(account, template_id, deleted_after=now - UNDO)
    if template.deleted_at is not None:
        template.deleted_at, template.updated_at = None, now
        template.save(update_fields=["deleted_at", "updated_at"])
        tell(template, actor, now, "message_template.restored")
    return template


def locked(account: Account, template_id: Any, *, deleted_after: datetime | None = None) -> MessageTemplate:
    """The account's template, locked. Raises Problem("not_found")."""
    key = as_uuid(template_id)
    found = MessageTemplate.objects.select_for_update().filter(account=account, pk=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    if found.deleted_at is not None and (deleted_after is None or found.deleted_at < deleted_after):
        raise Problem("not_found")
    return found


def cleaned(account: Account, channel: str, values: dict[str, str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    found = dict(values)
    if "name" in found:
        try:
            found["name"] = clean_name(found["name"], 120)
        except ValueError as error:
            faults["name"] = str(error)
        if not found["name"]:
            faults.setdefault("name", _("Give it a name."))
    if "subject" in found:
        found["subject"] = " ".join(found["subject"].split()) if channel == "email" else ""
    if "body" in found:
        found["body"] = found["body"].replace("\r\n", "\n").replace("\0", "").strip()
    faults |= {name: text for name in ("subject", "body") if (text := fault_of(account, name, found.get(name, "")))}
    if faults:
        raise Problem("invalid", fields=faults)
    return found


def fault_of(account: Account, name: str, text: str) -> str:
    """What is wrong with a subject or body, or ""."""
    limit = MAX_SUBJECT if name == "subject" else MAX_TEMPLATE
    if len(text) > limit:
        return _("Use at most %(count)d characters.") % {"count": limit}
    return " ".join(fault.message for fault in check(text, known(account, text)))


def known(account: Account, text: str) -> set[str]:
    """Every value that some workflow could have; which steps come before is checked where the template is used."""
    try:
        asked = used(text)
    except ValueError:
        asked = set()
    free = {root for root, space in namespaces().items() if space.free}
    open_ended = {name for name in asked if name.startswith(f"{STEPS}.") and name.count(".") == 2}
    return available(set(namespaces()), account) | open_ended | {n for n in asked if n.partition(".")[0] in free}


def tell(template: MessageTemplate, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=template.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="message_template",
        subject_id=template.pk,
        facts={"template": str(template.pk), **facts},
    )

"""A filled-in form becomes a submission, its contact and the event that workflows listen to, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from admitone.accounts.idempotency import Idempotency, claim
from admitone.contacts.services import fill_custom, find_or_create
from admitone.events import Actor, Draft, record_many
from admitone.forms.models import Form, Submission
from admitone.logic.errors import Problem
from admitone.logic.form_rules import Rule, verdict
from admitone.logic.forms import Answers, read_answers
from admitone.logic.identity import region_of
from admitone.logic.ids import uuid7
from admitone.statements import insert


@transaction.atomic
def submit(
    *,
    form: Form,
    answers: Mapping[str, Any],
    meta: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
    given: Mapping[str, Any] | None = None,
) -> Submission:
    """Store what somebody answered. `meta` may hold source, timezone, locale and utm, `given` the values of hidden and
    locked fields. An answer that disqualifies is stored as such and tells no workflow that a form came in.

    Raises Problem("form_closed") for a paused form, Problem("invalid") with a sentence for each wrong key. A key that
    was used before gives the first submission again.
    """
    row = Submission(id=uuid7(), account_id=form.account_id, form=form, created_at=now)
    if earlier := claim(idempotency, kind="submission", resource_id=row.id, now=now):
        return Submission.objects.get(id=earlier, form=form)
    if not form.active:
        raise Problem("form_closed")
    region = region_of(str(meta.get("timezone") or "")) or region_of(form.account.timezone)
    read = read_answers(form.questions, answers, region=region, consent_text=form.consent_text, given=given)
    rule = verdict(form.questions, form.disqualifiers, read.values)
    row.contact_id, made = find_or_create(
        account_id=form.account_id,
        timezone=str(meta.get("timezone") or ""),
        locale=str(meta.get("locale") or ""),
        source="form",
        actor=actor,
        now=now,
        **read.person,
    )
    drafts = [made] if made else []
    if read.custom:
        record_many(drafts)
        drafts = []
        fill_custom(account_id=form.account_id, contact_id=row.contact_id, values=read.custom, actor=actor, now=now)
    row.answers, row.meta, row.form_version = read.values, _meta(form, read, meta, now, rule), form.version
    insert(row)
    record_many([*drafts, _told(row, actor, now, rule)])
    return row


def _meta(
    form: Form, read: Answers, meta: Mapping[str, Any], now: datetime, rule: Rule | None = None
) -> dict[str, Any]:
    """What is kept of how it came, and the very text that was agreed to."""
    kept = {name: meta[name] for name in ("source", "timezone", "locale", "utm") if meta.get(name)}
    if read.consent:
        kept["consent"] = {"text": form.consent_text, "version": form.consent_version, "at": now.isoformat()}
    if rule:
        kept["disqualified"] = asdict(rule)
    return kept


def _told(row: Submission, actor: Actor, now: datetime, rule: Rule | None) -> Draft:
    facts: dict[str, Any] = {"form": str(row.form_id), "submission": str(row.id), "contact": str(row.contact_id)}
    if rule:
        facts["calendar"] = None
        return Draft(row.account_id, actor, now, "form.disqualified", "submission", row.id, facts)
    return Draft(row.account_id, actor, now, "form.submitted", "submission", row.id, facts)

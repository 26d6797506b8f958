"""The builder's steps with rules that disqualify: one added, changed or removed, under the form's lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from admitone.accounts.models import Account
from admitone.events import Actor
from admitone.forms.models import Form
from admitone.forms.services.forms import apply, check_calendars, clean, locked
from admitone.logic.errors import Problem


@transaction.atomic
def set_rule(
    *, account: Account, form_id: Any, actor: Actor, now: datetime, rule: Mapping[str, Any], at: int | None = None
) -> Form:
    """Append a rule, or replace the one at `at`. Problem("invalid") with the rule's own names, Problem("not_found")."""
    form = locked(account, form_id)
    place = len(form.rules) if at is None else at
    if not 0 <= place <= len(form.rules) or (at is not None and at == len(form.rules)):
        raise Problem("not_found")
    wanted = [*form.rules[:place], dict(rule), *form.rules[place + 1 :]]
    try:
        cleaned = clean({"rules": wanted}, form)
        others = [{**one, "calendar": ""} for one in cleaned["rules"][:place]]
        check_calendars(account, {"rules": [*others, cleaned["rules"][place]]})
    except Problem as problem:
        own = f"rules.{place}."
        fields = {name.removeprefix(own): text for name, text in problem.fields.items()}
        raise Problem("invalid", next(iter(problem.fields.values())), fields=fields) from problem
    return apply(form, cleaned, actor, now)


@transaction.atomic
def remove_rule(*, account: Account, form_id: Any, actor: Actor, now: datetime, at: int) -> Form:
    """Take the rule at `at` out. Problem("not_found")."""
    form = locked(account, form_id)
    if not 0 <= at < len(form.rules):
        raise Problem("not_found")
    return apply(form, {"rules": [*form.rules[:at], *form.rules[at + 1 :]]}, actor, now)

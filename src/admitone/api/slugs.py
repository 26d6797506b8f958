"""Calendars and groups named by their slugs, as the API allows wherever one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.calendars.queries import by_id_or_slug, group_by_id_or_slug
from admitone.logic.errors import Problem

READERS: dict[str, Callable[[Account, str], Calendar | CalendarGroup]] = {
    "calendar": by_id_or_slug,
    "group": group_by_id_or_slug,
}


def with_ids(steps: Any, account: Account) -> Any:
    """The steps of a workflow document with ids in place of slugs. What is no step, or names nothing, stays for the checks."""
    return [one_with_ids(step, account) for step in steps] if isinstance(steps, list) else steps


def one_with_ids(step: Any, account: Account) -> Any:
    if not isinstance(step, dict):
        return step
    found = dict(step)
    if isinstance(step.get("params"), dict):
        found["params"] = {name: id_of(name, value, account) for name, value in step["params"].items()}
    if isinstance(step.get("branches"), list):
        found["branches"] = [inside(branch, account) for branch in step["branches"]]
    return found


def inside(branch: Any, account: Account) -> Any:
    return {**branch, "steps": with_ids(branch.get("steps"), account)} if isinstance(branch, dict) else branch


def id_of(name: str, value: Any, account: Account) -> Any:
    if name not in READERS or not isinstance(value, str) or as_uuid(value):
        return value
    try:
        return str(READERS[name](account, value).id)
    except Problem:
        return value

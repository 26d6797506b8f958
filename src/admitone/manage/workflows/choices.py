"""Rows of the account that a step or trigger can name: (value, words) by editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.queries import members
from admitone.calendars import queries as calendars
from admitone.calendars.groups import groups
from admitone.calls import queries as calls
from admitone.contacts import queries as contacts
from admitone.forms import queries as forms
from admitone.logic import steps
from admitone.messaging.models import MessageTemplate
from admitone.pipelines.models import Stage
from admitone.pipelines.queries import pipelines
from admitone.workflows import queries as workflows
from admitone.workflows.actions.generate_link import GenerateLink
from admitone.workflows.editing import title_of
from admitone.workflows.models import InboundHook

Choice = tuple[str, str]


def named(rows: Any) -> list[Choice]:
    return [(str(key), name) for key, name in rows.values_list("id", "name").order_by("name", "id")]


def stages(account: Account) -> list[Choice]:
    rows = Stage.objects.filter(account=account, pipeline__deleted_at=None).select_related("pipeline")
    return [(str(one.id), f"{one.pipeline.name} › {one.name}") for one in rows.order_by("pipeline__name", "position")]


def users(account: Account) -> list[Choice]:
    return [(str(one.user_id), one.user.get_full_name() or one.user.email) for one in members(account)]


def custom_fields(account: Account) -> list[Choice]:
    return [(one.key, one.label) for one in contacts.custom_fields(account)]


def tags(account: Account) -> list[Choice]:
    return [(str(one.id), one.name) for one in contacts.tags(account)]


def hooks(account: Account) -> list[Choice]:
    return named(InboundHook.objects.filter(account=account, deleted_at=None))


def templates(account: Account) -> list[Choice]:
    return named(MessageTemplate.objects.filter(account=account, deleted_at=None))


def phone_numbers(account: Account) -> list[Choice]:
    return [(str(one.id), f"{one.label} {one.number}".strip()) for one in calls.numbers(account)]


OFFERS: dict[str, Callable[[Account], list[Choice]]] = {
    "calendar": lambda account: named(calendars.listing(account)),
    "group": lambda account: named(groups(account)),
    "host": lambda account: named(calendars.hosts_for(account)),
    "form": lambda account: named(forms.listing(account)),
    "pipeline": lambda account: named(pipelines(account)),
    "stage": stages,
    "tag": tags,
    "user": users,
    "workflow": lambda account: named(workflows.listing(account)),
    "hook": hooks,
    "custom_field": custom_fields,
    "template": templates,
    "phone_number": phone_numbers,
}


def offer(editor: str, account: Account) -> list[Choice]:
    """What a picker offers; nothing for an editor that has no rows."""
    return OFFERS[editor](account) if editor in OFFERS else []


def offered_steps(editor: str, tree: steps.Steps, but: str) -> list[Choice]:
    """Steps of the workflow by their titles, those that make a link or all others."""
    rows = [step for _path, step in steps.walk(tree) if step["name"] != but]
    if editor == "link_step":
        rows = [step for step in rows if step["type"] == GenerateLink.key]
    return [(step["name"], title_of(step)) for step in rows]


def words_for(value: str, choices: list[Choice]) -> str:
    return dict(choices).get(value, _("Deleted"))

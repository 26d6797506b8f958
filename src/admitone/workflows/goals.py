"""Goals: what happens to a contact carries its run forward to the goal step, out of whatever it was waiting for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from admitone.accounts.queries import as_uuid
from admitone.events.models import Event
from admitone.logic import steps
from admitone.logic.errors import Problem
from admitone.logic.steps import GOAL
from admitone.statements import Prepared
from admitone.workflows.engine import LIVE, start
from admitone.workflows.models import Enrollment
from admitone.workflows.registry import actions
from admitone.workflows.run import StepContext
from admitone.workflows.waking import LINK_KINDS, Ids, Only, booked, happened_to_contact, happened_to_link

INSIDE = Prepared(
    lambda account, contact: Enrollment.objects.filter(
        account_id=account, contact_id=contact, status__in=LIVE
    ).select_related("version"),
    account=UUID,
    contact=UUID,
)


def pull(event: Event) -> None:
    """Note the goal, as {"step", "facts"}, at every run of the contact that has it ahead; the engine then jumps."""
    contact_id = as_uuid(event.facts.get("contact"))
    if not contact_id:
        return
    rows = INSIDE.all(account=event.account_id, contact=contact_id)
    pulled = [one for one in rows if goal_ahead(one, event) is not None]
    start([one for one in pulled if note(one, event)])


def note(one: Enrollment, event: Event) -> bool:
    """Under the row's lock, where the run may have moved on."""
    row = Enrollment.objects.select_for_update(of=("self",)).select_related("version").filter(pk=one.pk).first()
    name = goal_ahead(row, event) if row is not None and row.status in LIVE else None
    if row is None or name is None:
        return False
    row.context = {**row.context, GOAL: {"step": name, "facts": dict(event.facts)}}
    row.save(update_fields=["context"])
    return True


def goal_ahead(one: Enrollment, event: Event) -> str | None:
    """The first goal after the run's position that this event reaches."""
    if one.path is None:
        return None
    tree, here = one.version.document["steps"], tuple(one.path)
    for path, step in steps.walk(tree):
        if step["type"] != GOAL or path <= here or steps.switched_off(tree, path):
            continue
        params, wrong = actions()[GOAL].read(step["params"])
        if not wrong and params.event == event.kind and about_it(one, params, event):
            return str(step["name"])
    return None


def about_it(one: Enrollment, params: Any, event: Event) -> bool:
    """A link has to be one of this run; anything else is about the contact already, and may be limited to calendars or forms."""
    if event.kind not in LINK_KINDS:
        return Only.of(params).fits(event.kind, event.facts)
    return event.facts.get("link") == link_of(one, params.step)


def link_of(one: Enrollment, step: str) -> str | None:
    found = (one.outputs.get(step) or {}).get("link") if step else one.context.get("link")
    return str(found) if found else None


def reached(step: StepContext) -> Ids | None:
    """Facts of the event, if it brought the run here or has happened since the contact entered."""
    one, params = step.enrollment, step.params
    noted = one.context.get(GOAL) or {}
    if noted.get("step") == step.name:
        return noted["facts"]
    if params.event in LINK_KINDS:
        link = link_of(one, params.step)
        return happened_to_link(one.account_id, params.event, link) if link else None
    if one.contact_id is None:
        raise Problem("invalid", "There is no contact.")
    if params.event == "booking.created":
        return booked(one, Only.of(params))
    found = happened_to_contact(one.account_id, params.event, one.contact_id, one.created_at, Only.of(params))
    cause = one.cause_facts.get("booking")
    return None if found and cause and found.get("booking") == cause else found

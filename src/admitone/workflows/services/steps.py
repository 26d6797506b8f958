"""Edits of a draft's steps and triggers, each in one transaction on the locked row: two tabs never undo each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.events import Actor
from admitone.logic import step_edits
from admitone.logic.errors import Problem
from admitone.logic.step_edits import Tree
from admitone.workflows.editing import new_step, pointers, revision
from admitone.workflows.registry import actions, triggers
from admitone.workflows.services.editing import locked, store

Document = dict[str, Any]
Change = Callable[[Document], Document]


@transaction.atomic
def edit_draft(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, change: Change) -> Document:
    """Apply `change` to the draft as it is now and keep the result, finished or not.

    What it names is gone: Problem("draft_changed"); what makes no sense: Problem("invalid").
    """
    workflow = locked(account, workflow_id)
    try:
        changed = change(workflow.draft)
    except LookupError as error:
        raise Problem("draft_changed", _("That step is no longer there. Somebody has just deleted it.")) from error
    except ValueError as error:
        raise Problem("invalid", _("It cannot stand there.")) from error
    return store(workflow, changed, actor, now)


def edit_steps(change: Callable[[Tree], Tree], **who: Any) -> Document:
    """The same for a change of the steps alone."""
    return edit_draft(**who, change=lambda draft: {**draft, "steps": change(draft["steps"])})


def add_step(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, place: str, kind: str) -> str:
    """A new step of a kind at a place (logic/step_edits.py); its name."""
    if kind not in actions():
        raise Problem("invalid", _("Choose a step from the list."))
    made: list[str] = []

    def change(tree: Tree) -> Tree:
        step = new_step(actions()[kind], tree)
        made.append(step["name"])
        return step_edits.insert(tree, place, step)

    edit_steps(change, account=account, workflow_id=workflow_id, actor=actor, now=now)
    return made[0]


def change_step(
    *,
    account: Account,
    workflow_id: UUID | str,
    actor: Actor,
    now: datetime,
    name: str,
    seen: str,
    label: str,
    params: Mapping[str, Any],
    branches: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] | None = None,
) -> str:
    """Write what was typed about a step; its name, which follows a new label. `seen` is its revision as it was shown:
    Problem("draft_changed") if it is another by now."""
    found: list[str] = []

    def change(tree: Tree) -> Tree:
        step = step_edits.find(tree, name)
        if revision(step) != seen:
            raise Problem("draft_changed")
        fresh = {**step, "params": dict(params)}
        if branches is not None:
            fresh["branches"] = branches(step.get("branches") or [])
        tree, new = labelled(step_edits.replace(tree, name, fresh), name, label.strip())
        found.append(new)
        return tree

    edit_steps(change, account=account, workflow_id=workflow_id, actor=actor, now=now)
    return found[0]


def labelled(tree: Tree, name: str, label: str) -> tuple[Tree, str]:
    """Give a step a label, and the name that goes with it."""
    step = step_edits.find(tree, name)
    kind = actions().get(step["type"])
    plain = str(kind.label) if kind else ""
    wanted = "" if label == plain else label[:120]
    if wanted == (step.get("label") or ""):
        return tree, name
    rest = {key: value for key, value in step.items() if key != "label"}
    tree = step_edits.replace(tree, name, {**rest, "label": wanted} if wanted else rest)
    new = step_edits.key_of(wanted or plain, step_edits.taken(tree) - {name}, name)
    return step_edits.rename(tree, name, new, pointers), new


def duplicate_step(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, name: str) -> str:
    """A copy right behind it; its name."""
    made: list[str] = []

    def change(tree: Tree) -> Tree:
        tree, new = step_edits.duplicate(tree, name, pointers)
        made.append(new)
        return tree

    edit_steps(change, account=account, workflow_id=workflow_id, actor=actor, now=now)
    return made[0]


def switch_step(
    *, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, name: str, disabled: bool
) -> None:
    """Switch a step off, so that runs pass it by, or on again."""

    def change(tree: Tree) -> Tree:
        step = {key: value for key, value in step_edits.find(tree, name).items() if key != "disabled"}
        return step_edits.replace(tree, name, {**step, "disabled": True} if disabled else step)

    edit_steps(change, account=account, workflow_id=workflow_id, actor=actor, now=now)


def move_step(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, name: str, place: str) -> None:
    edit_steps(
        lambda tree: step_edits.move(tree, name, place), account=account, workflow_id=workflow_id, actor=actor, now=now
    )


def shift_step(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, name: str, by: int) -> None:
    """`by` is -1 (up) or 1 (down)."""
    edit_steps(
        lambda tree: step_edits.shift(tree, name, by), account=account, workflow_id=workflow_id, actor=actor, now=now
    )


def remove_step(
    *, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, name: str
) -> tuple[str, Document]:
    """The place it stood at and the step itself, with what `restore_step` puts it back."""
    gone: list[tuple[str, Document]] = []

    def change(tree: Tree) -> Tree:
        gone.append((step_edits.place_of(tree, name), step_edits.find(tree, name)))
        return step_edits.remove(tree, name)

    edit_steps(change, account=account, workflow_id=workflow_id, actor=actor, now=now)
    return gone[0]


def restore_step(
    *, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, place: str, step: Mapping[str, Any]
) -> None:
    """Put a removed step back; at the end if its place is gone."""

    def change(tree: Tree) -> Tree:
        if set(step_edits.names_in(step)) & step_edits.taken(tree):
            raise Problem("invalid", _("A step of this name has come in meanwhile."))
        try:
            return step_edits.insert(tree, place, step)
        except LookupError:
            return [*tree, dict(step)]

    edit_steps(change, account=account, workflow_id=workflow_id, actor=actor, now=now)


def add_trigger(*, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, kind: str) -> int:
    """A new trigger at the end; where it stands."""
    if kind not in triggers():
        raise Problem("invalid", _("Choose a trigger from the list."))
    row = {"type": kind, "filters": {}}
    draft = edit_draft(
        account=account,
        workflow_id=workflow_id,
        actor=actor,
        now=now,
        change=lambda draft: {**draft, "triggers": [*draft["triggers"], row]},
    )
    return len(draft["triggers"]) - 1


def change_trigger(
    *,
    account: Account,
    workflow_id: UUID | str,
    actor: Actor,
    now: datetime,
    place: int,
    seen: str,
    filters: Mapping[str, Any],
) -> None:
    def change(row: Document) -> list[Document]:
        return [{**row, "filters": dict(filters)}]

    edit_trigger(change, place, seen, account=account, workflow_id=workflow_id, actor=actor, now=now)


def remove_trigger(
    *, account: Account, workflow_id: UUID | str, actor: Actor, now: datetime, place: int, seen: str
) -> None:
    edit_trigger(lambda _row: [], place, seen, account=account, workflow_id=workflow_id, actor=actor, now=now)


def edit_trigger(change: Callable[[Document], list[Document]], place: int, seen: str, **who: Any) -> None:
    """Replace the trigger at `place`, if it is still the one that was seen."""

    def changed(draft: Document) -> Document:
        rows = list(draft["triggers"])
        if place >= len(rows) or revision(rows[place]) != seen:
            raise Problem("draft_changed")
        return {**draft, "triggers": [*rows[:place], *change(rows[place]), *rows[place + 1 :]]}

    edit_draft(**who, change=changed)

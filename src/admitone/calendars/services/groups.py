"""Groups of calendars: make, change, pause, delete, and say which calendars belong and in which order.

Whatever closes a calendar for the links of a group also rewrites the calendar's plan: a booking that read the group
before finds another version under its lock and looks again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from admitone.accounts.models import Account
from admitone.calendars import plans
from admitone.calendars.groups import members
from admitone.calendars.models import Calendar, CalendarGroup, OldGroupSlug
from admitone.events import Actor, record
from admitone.logic.calendars import clean_slug, slug_from
from admitone.logic.errors import Problem
from admitone.logic.faults import cleaned
from admitone.logic.identity import clean_name, clean_text

MAX_GROUPS = 500
MAX_MEMBERS = 100


def create_group(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    name: str,
    description: str = "",
    slug: str = "",
    calendars: Sequence[UUID] = (),
    active: bool = True,
) -> CalendarGroup:
    """A group of `calendars` in that order. Without `slug` a free one is made from the name.

    Problem("invalid", fields), Problem("slug_taken"), Problem("not_found") for a calendar that is not the account's.
    """
    cleaned = _clean({"name": name, "description": description, **({"slug": slug} if slug else {})})
    with transaction.atomic():
        if CalendarGroup.objects.filter(account=account).count() >= MAX_GROUPS:
            raise Problem("invalid", fields={"name": f"A sub-account has at most {MAX_GROUPS} groups."})
        cleaned.setdefault("slug", _free_slug(account, cleaned["name"]))
        group = CalendarGroup(account=account, active=active, created_at=now, updated_at=now, **cleaned)
        _refuse_taken(group)
        _save(group, force_insert=True)
        _tell(group, actor, now, "calendar_group.created")
        if calendars:
            _place(group, _rows(account, calendars), actor, now)
    return group


@transaction.atomic
def amend_group(
    *,
    account: Account,
    group_id: UUID,
    actor: Actor,
    now: datetime,
    fields: Mapping[str, Any],
    calendars: Sequence[UUID] | None = None,
    active: bool | None = None,
) -> CalendarGroup:
    """Fields, calendars and a pause in one step: all of it or nothing. What is left out stays."""
    who: dict[str, Any] = {"account": account, "group_id": group_id, "actor": actor, "now": now}
    group = update_group(**who, **fields)
    if calendars is not None:
        group = set_members(**who, calendars=calendars)
    return group if active is None else set_group_active(**who, active=active)


def update_group(*, account: Account, group_id: UUID, actor: Actor, now: datetime, **changes: Any) -> CalendarGroup:
    """Change name, description or slug; an old slug leads on until another group takes it. Problem("invalid", fields),
    Problem("slug_taken")."""
    cleaned = _clean(changes)
    with transaction.atomic():
        group = _locked(account, group_id)
        changed = sorted(name for name, value in cleaned.items() if getattr(group, name) != value)
        before = group.slug
        for name in changed:
            setattr(group, name, cleaned[name])
        if changed:
            _refuse_taken(group)
            group.updated_at = now
            _save(group, update_fields=[*changed, "updated_at"])
            if "slug" in changed:
                OldGroupSlug.objects.create(account=account, slug=before, group=group)
            _tell(group, actor, now, "calendar_group.changed", fields=changed)
    return group


def set_members(
    *, account: Account, group_id: UUID, actor: Actor, now: datetime, calendars: Sequence[UUID]
) -> CalendarGroup:
    """The group's calendars in this order and no others. A calendar of another group leaves that one.

    Problem("not_found") for a calendar that is deleted or not the account's.
    """
    with transaction.atomic():
        group = _locked(account, group_id)
        rows = _rows(account, calendars)
        before = list(members(group).values_list("id", flat=True))
        if before != [row.id for row in rows]:
            _place(group, rows, actor, now)
            group.updated_at = now
            group.save(update_fields=["updated_at"])
            _tell(group, actor, now, "calendar_group.changed", fields=["calendars"])
    return group


@transaction.atomic
def choose_group(
    *, account: Account, calendar_id: UUID, group: CalendarGroup | None, actor: Actor, now: datetime
) -> None:
    """Put one calendar last into a group, or with None into none."""
    row = Calendar.objects.filter(account=account, id=calendar_id, deleted_at=None).select_related("group").first()
    if row is None:
        raise Problem("not_found")
    now_in = row.group if row.group is not None and row.group.deleted_at is None else None
    if (now_in and now_in.id) == (group and group.id):
        return
    target = group or now_in
    assert target is not None
    rest = [key for key in members(target).values_list("id", flat=True) if key != calendar_id]
    order = [*rest, calendar_id] if group else rest
    set_members(account=account, group_id=target.id, actor=actor, now=now, calendars=order)


def set_group_active(*, account: Account, group_id: UUID, actor: Actor, now: datetime, active: bool) -> CalendarGroup:
    """Pause or resume the group's page and its links; its calendars go on by themselves."""
    with transaction.atomic():
        group = _locked(account, group_id)
        if group.active != active:
            group.active, group.updated_at = active, now
            group.save(update_fields=["active", "updated_at"])
            plans.recompile(Calendar.objects.filter(group=group))
            _tell(group, actor, now, "calendar_group.resumed" if active else "calendar_group.paused")
    return group


def delete_group(*, account: Account, group_id: UUID, actor: Actor, now: datetime) -> CalendarGroup:
    """Close the group's page and links; its calendars stay as they are. `restore_group` undoes it."""
    with transaction.atomic():
        group = _locked(account, group_id, deleted=True)
        if group.deleted_at is None:
            group.deleted_at = group.updated_at = now
            group.save(update_fields=["deleted_at", "updated_at"])
            plans.recompile(Calendar.objects.filter(group=group))
            _tell(group, actor, now, "calendar_group.deleted")
    return group


def restore_group(*, account: Account, group_id: UUID, actor: Actor, now: datetime) -> CalendarGroup:
    """Bring a deleted group back with its links and those of its calendars that joined no other group meanwhile."""
    with transaction.atomic():
        group = _locked(account, group_id, deleted=True)
        if group.deleted_at is not None:
            group.deleted_at, group.updated_at = None, now
            group.save(update_fields=["deleted_at", "updated_at"])
            _tell(group, actor, now, "calendar_group.restored")
    return group


def _locked(account: Account, group_id: UUID, *, deleted: bool = False) -> CalendarGroup:
    row = CalendarGroup.objects.select_for_update(no_key=True).filter(id=group_id, account=account).first()
    if row is None or (row.deleted_at is not None and not deleted):
        raise Problem("not_found")
    return row


def _rows(account: Account, calendars: Sequence[UUID]) -> list[Calendar]:
    """The calendars in the order asked for, each once."""
    wanted = list(dict.fromkeys(calendars))
    if len(wanted) > MAX_MEMBERS:
        raise Problem("invalid", fields={"calendars": f"A group has at most {MAX_MEMBERS} calendars."})
    found = Calendar.objects.filter(account=account, deleted_at=None).select_related("group").in_bulk(wanted)
    if len(found) != len(wanted):
        raise Problem("not_found")
    return [found[key] for key in wanted]


def _place(group: CalendarGroup, rows: Sequence[Calendar], actor: Actor, now: datetime) -> None:
    """Whoever leaves or joins gets a new plan; groups that lose a calendar have that in their history."""
    ids = [row.id for row in rows]
    leaving = Calendar.objects.filter(group=group).exclude(id__in=ids)
    moved = {row.id for row in rows if row.group_id != group.id} | set(leaving.values_list("id", flat=True))
    others = {row.group for row in rows if row.group is not None and row.group_id != group.id}
    for row in plans.locked(Calendar.objects.filter(id__in={*moved, *ids})):
        inside = row.id in ids
        row.group, row.group_order = (group, ids.index(row.id)) if inside else (None, 0)
        if row.id in moved:
            plans.store(row, ["group", "group_order"])
        else:
            row.save(update_fields=["group_order"])
    for other in sorted(others, key=lambda each: each.id):
        if other.deleted_at is None:
            _tell(other, actor, now, "calendar_group.changed", fields=["calendars"])


def _clean(raw: Mapping[str, Any]) -> dict[str, Any]:
    return cleaned(raw, {"name": _name, "description": lambda value: clean_text(value, 2000), "slug": clean_slug})


def _name(raw: str) -> str:
    name = clean_name(raw, 120)
    if not name:
        raise ValueError("Enter a name.")
    return name


def _free_slug(account: Account, name: str) -> str:
    stem = slug_from(name)
    rows = CalendarGroup.objects.filter(account=account, slug__startswith=stem)
    taken = set(rows.values_list("slug", flat=True))
    candidates = (f"{stem}-{n}" if n > 1 else stem for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def _refuse_taken(group: CalendarGroup) -> None:
    rows = CalendarGroup.objects.filter(account_id=group.account_id, slug=group.slug).exclude(id=group.id)
    if rows.exists():
        raise _taken()


def _save(group: CalendarGroup, **how: Any) -> None:
    """Of two writers who want the same slug at once, the second is refused."""
    try:
        with transaction.atomic():
            group.save(**how)
            OldGroupSlug.objects.filter(account=group.account_id, slug=group.slug).delete()
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> Problem:
    return Problem(
        "slug_taken", fields={"slug": "Another group has this address, or a deleted one that can come back."}
    )


def _tell(group: CalendarGroup, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=group.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="calendar_group",
        subject_id=group.id,
        facts={"group": str(group.id), **facts},
    )

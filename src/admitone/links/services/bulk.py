"""Delete, restore and extend many links at once: one transaction, one event each. Used links are never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from admitone.accounts.models import Account
from admitone.events import Actor, record_many
from admitone.links.models import OneTimeLink
from admitone.links.services.issuing import event_of
from admitone.logic.errors import Problem

BATCH = 400
MAX_DAYS = 730
UNUSED = Q(uses__lt=F("max_uses"))


@transaction.atomic
def revoke_many(*, account: Account, link_ids: Sequence[UUID], actor: Actor, now: datetime) -> int:
    """Delete the unused ones among these links; how many that were. All of them carry the same `deleted_at`."""

    def delete(link: OneTimeLink) -> None:
        link.deleted_at = now

    return _change(account, link_ids, Q(deleted_at=None), delete, "deleted", actor, now)


@transaction.atomic
def restore_many(
    *,
    account: Account,
    deleted_at: datetime,
    actor: Actor,
    now: datetime,
    calendars: Sequence[UUID] | None = None,
    groups: Sequence[UUID] = (),
) -> int:
    """Undo one `revoke_many` by its instant; `calendars` and `groups` limit it to what the person may manage."""
    rows = OneTimeLink.objects.filter(account=account, deleted_at=deleted_at)
    if calendars is not None:
        rows = rows.filter(Q(calendar_id__in=calendars) | Q(group_id__in=groups))

    def undelete(link: OneTimeLink) -> None:
        link.deleted_at = None

    ids = list(rows.values_list("id", flat=True))
    return _change(account, ids, Q(deleted_at=deleted_at), undelete, "restored", actor, now)


@transaction.atomic
def extend_many(*, account: Account, link_ids: Sequence[UUID], days: int, actor: Actor, now: datetime) -> int:
    """Move the expiry `days` on, counted from now if it is over. Links that never expire stay as they are."""
    if not 1 <= days <= MAX_DAYS:
        raise Problem("invalid", fields={"days": f"Choose a number of days from 1 to {MAX_DAYS}."})

    def extend(link: OneTimeLink) -> None:
        assert link.expires_at
        link.expires_at = max(link.expires_at, now) + timedelta(days=days)

    wanted = Q(deleted_at=None, expires_at__isnull=False)
    return _change(account, link_ids, wanted, extend, "changed", actor, now, fields=["expires_at"])


def _change(
    account: Account,
    link_ids: Sequence[UUID],
    wanted: Q,
    apply: Callable[[OneTimeLink], None],
    kind: str,
    actor: Actor,
    now: datetime,
    **facts: object,
) -> int:
    done = 0
    for ids in _batches(link_ids):
        rows = OneTimeLink.objects.select_for_update(of=("self",)).filter(wanted, UNUSED, account=account, id__in=ids)
        links = list(rows.order_by("id"))
        for link in links:
            apply(link)
        OneTimeLink.objects.bulk_update(links, ["deleted_at", "expires_at"])
        record_many([event_of(link, f"one_time_link.{kind}", actor, now, **facts) for link in links])
        done += len(links)
    return done


def _batches(link_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for first in range(0, len(link_ids), BATCH):
        yield link_ids[first : first + BATCH]

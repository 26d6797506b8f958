"""Many links at once: the rows are written first, a job makes them chunk by chunk, whatever is killed in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from admitone.accounts.idempotency import Idempotency, claim
from admitone.accounts.models import Account, User
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.contacts.models import Contact
from admitone.contacts.services import clean_person, find_or_create
from admitone.events import Actor, Draft, record, record_many
from admitone.jobs import task
from admitone.links.models import Batch, BatchRow, OneTimeLink
from admitone.links.services.issuing import build, event_of, one_of
from admitone.logic.clock import iso, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.links import check_terms, clean_offered

MAX_ROWS = 10_000
CHUNK = 100
PERSON = ("email", "name", "phone")
NO_ROW = UUID(int=0)
INSTANTS = ("not_before", "expires_at")


@transaction.atomic
def create_batch(
    *,
    account: Account,
    calendar: Calendar | None = None,
    group: CalendarGroup | None = None,
    actor: Actor,
    now: datetime,
    count: int | None = None,
    contacts: Sequence[Mapping[str, str | None]] | None = None,
    terms: Mapping[str, Any] | None = None,
    created_by: User | None = None,
    idempotency: Idempotency | None = None,
) -> Batch:
    """`count` links for nobody in particular, or one for each of `contacts` (email, name, phone as typed), of a calendar
    or of a group.

    `terms` are those of `issue` (contact_policy, max_uses, not_before, expires_at, offered, label, note, metadata, utm, special).
    Problem("invalid") for terms that no link could have; a person who cannot be taken is an error of their row.
    """
    target = one_of(calendar, group)
    if target.account_id != account.id or target.deleted_at is not None:
        raise Problem("not_found")
    batch_id = uuid7()
    before = claim(idempotency, kind="link_batch", resource_id=batch_id, now=now, status=202)
    if before:
        return Batch.objects.get(id=before)
    people = _people(count, contacts)
    batch = Batch(
        id=batch_id,
        account=account,
        calendar=calendar,
        group=group,
        kind="count" if contacts is None else "contacts",
        terms=_stored(
            account, {"calendar": calendar, "group": group}, dict(terms or {}), now, bound=contacts is not None
        ),
        total=len(people),
        actor_kind=actor.kind,
        actor_id=actor.id,
        created_by=created_by,
        created_at=now,
    )
    batch.save(force_insert=True)
    rows = (BatchRow(batch=batch, n=n, contact=person) for n, person in enumerate(people, 1))
    BatchRow.objects.bulk_create(rows, batch_size=500)
    _tell(batch, actor, now, "link_batch.created", total=batch.total)
    issue_batch.using(account_id=account.id).enqueue(batch_id=str(batch.id))
    return batch


def _people(count: int | None, contacts: Sequence[Mapping[str, str | None]] | None) -> list[dict[str, str] | None]:
    if (count is None) == (contacts is None):
        raise Problem("invalid", fields={"count": "Give either a number or a list of contacts."})
    total = count if contacts is None else len(contacts)
    if not total or not 1 <= total <= MAX_ROWS:
        field = "count" if contacts is None else "contacts"
        raise Problem("invalid", fields={field: f"Make 1 to {MAX_ROWS} links at once."})
    if contacts is None:
        return [None] * total
    return [{name: str(person.get(name) or "")[:300] for name in PERSON} for person in contacts]


def _stored(
    account: Account, opens: Mapping[str, Any], terms: dict[str, Any], now: datetime, *, bound: bool
) -> dict[str, Any]:
    """The terms as JSON, tried on a link of nobody first."""
    if terms.get("contact_policy", "prefill") != "prefill" and not bound:
        raise Problem("invalid", fields={"contact_policy": "This policy needs contacts."})
    _check(terms, now)
    trial = {**terms, "contact_policy": "prefill"} if bound else terms
    clean = build(link_id=uuid4(), account=account, contact=None, now=now, **opens, **trial)
    if bound and terms.get("contact_policy", "prefill") not in ("prefill", "verify", "refuse"):
        raise Problem("invalid", fields={"contact_policy": "Choose one of prefill, verify, refuse."})
    stored = {name: getattr(clean, name) for name in ("max_uses", "offered", "label", "note", "metadata", "utm")}
    stored |= {name: iso(terms[name]) for name in INSTANTS if terms.get(name)}
    own = {name: value for name, value in (terms.get("special") or {}).items() if value not in (None, "")}
    return {**stored, "special": own, "contact_policy": terms.get("contact_policy", "prefill")}


def _check(terms: Mapping[str, Any], now: datetime) -> None:
    check_terms(
        now=now,
        max_uses=terms.get("max_uses", 1),
        not_before=terms.get("not_before"),
        expires_at=terms.get("expires_at"),
    )


@transaction.atomic
def issue_chunk(*, batch_id: UUID | str, now: datetime) -> Batch | None:
    """Make the next hundred links; `status` says whether there is more. None when there is nothing to do.

    The batch's row is locked, and rows change their state with the links' INSERT: no row is ever made twice.
    """
    key = as_uuid(batch_id) or NO_ROW
    batch = Batch.objects.select_for_update().filter(id=key, status__in=("queued", "running")).first()
    if batch is None:
        return None
    rows = list(BatchRow.objects.filter(batch=batch, state="waiting").order_by("n")[:CHUNK])
    links, drafts = _make(batch, rows, now)
    OneTimeLink.objects.bulk_create(links)
    record_many([*drafts, *(event_of(link, "one_time_link.created", _actor(batch), now) for link in links)])
    BatchRow.objects.bulk_update(rows, ["state", "link_id", "error"])
    batch.done += sum(row.state == "made" for row in rows)
    batch.failed += sum(row.state == "failed" for row in rows)
    batch.status = "running"
    if batch.done + batch.failed >= batch.total:
        batch.status, batch.finished_at = "done", now
        _tell(batch, _actor(batch), now, "link_batch.finished", done=batch.done, failed=batch.failed)
    batch.save(update_fields=["done", "failed", "status", "finished_at"])
    return batch


@task(queue="bulk", name="admitone.links.tasks.issue_batch")
def issue_batch(*, batch_id: str, now: datetime) -> None:
    """One chunk; the transaction that makes it queues the job of the next, so others get their turn between them."""
    with transaction.atomic():
        batch = issue_chunk(batch_id=batch_id, now=now)
        if batch is not None and batch.status == "running":
            issue_batch.using(account_id=batch.account_id).enqueue(batch_id=batch_id)


def _make(batch: Batch, rows: list[BatchRow], now: datetime) -> tuple[list[OneTimeLink], list[Draft]]:
    """Links of the rows, and events of the contacts that are new; a row without a link says why."""
    account, calendar, group = batch.account, batch.calendar, batch.group
    terms, links, drafts = _terms(batch), [], []
    fault = _fault(one_of(calendar, group), terms, now)
    for row in rows:
        try:
            if fault:
                raise fault
            contact, made = _contact(account, row.contact, batch, now)
            drafts += [made] if made else []
            link = build(
                link_id=uuid4(),
                account=account,
                calendar=calendar,
                group=group,
                contact=contact,
                now=now,
                source_kind="bulk",
                source_id=str(batch.id),
                created_by=batch.created_by,
                **terms,
            )
        except Problem as problem:
            row.state, row.error = "failed", (next(iter(problem.fields.values()), "") or problem.detail)[:300]
            continue
        row.state, row.link_id = "made", link.id
        links.append(link)
    return links, drafts


def _terms(batch: Batch) -> dict[str, Any]:
    instants = {name: datetime.fromisoformat(batch.terms[name]) for name in INSTANTS if name in batch.terms}
    return {**batch.terms, **instants}


def _fault(target: Calendar | CalendarGroup, terms: Mapping[str, Any], now: datetime) -> Problem | None:
    """Why no link at all can be made any more: calendar or group is gone, or the terms have run out meanwhile."""
    if target.deleted_at is not None:
        what = "calendar" if isinstance(target, Calendar) else "group"
        return Problem("not_found", f"The {what} has been deleted.")
    try:
        _check(terms, now)
        clean_offered(terms.get("offered"), now_min=to_min_floor(now))
    except Problem as problem:
        return problem
    return None


def _contact(
    account: Account, person: Mapping[str, str] | None, batch: Batch, now: datetime
) -> tuple[Contact | None, Draft | None]:
    """Everything is checked before anything is written, so a refused row leaves nothing behind."""
    if person is None:
        return None, None
    clean = clean_person(account, person)
    if batch.terms.get("contact_policy", "prefill") != "prefill" and not clean["email"]:
        raise Problem("invalid", fields={"email": "This policy needs an email address."})
    contact_id, made = find_or_create(
        account_id=account.id, timezone="", locale="", source="link", actor=_actor(batch), now=now, **clean
    )
    return Contact.objects.get(id=contact_id), made


def give_up(*, batch_id: UUID | str) -> None:
    """The job died for good: what was made stays, the rest is not made."""
    now = timezone.now()
    Batch.objects.filter(id=as_uuid(batch_id) or NO_ROW, status__in=("queued", "running")).update(
        status="failed", finished_at=now
    )


def _actor(batch: Batch) -> Actor:
    return Actor(batch.actor_kind, batch.actor_id)


def _tell(batch: Batch, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=batch.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="link_batch",
        subject_id=batch.id,
        facts={"batch": str(batch.id), **opened_by(batch), **facts},
    )


def opened_by(batch: Batch) -> dict[str, str | None]:
    """The ids of calendar and group, one of them None."""
    named = {"calendar": batch.calendar_id, "group": batch.group_id}
    return {name: str(key) if key else None for name, key in named.items()}

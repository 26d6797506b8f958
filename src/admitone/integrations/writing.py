"""Appointments are written into the hosts' own calendars: planned with the change, carried out by a job.

A job does not carry the change but looks at how the appointment stands now, so that the last state wins whatever order
jobs run in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from admitone.booking.models import Booking
from admitone.booking.queries import hosts_of
from admitone.events import SYSTEM, record
from admitone.integrations.connections import keep_renewed, secrets_of
from admitone.integrations.entries import carries, entry_of, touched
from admitone.integrations.models import CalendarConnection, ExternalEvent
from admitone.integrations.remote import Entry, Known, Login, RemoteError, providers, understood
from admitone.jobs import DeadJob, Retry, enqueue_many, on_dead, periodic, task
from admitone.logic.clock import to_min_floor

LEASE = timedelta(seconds=60)
#: Seconds for one write, retries of its own included.
PATIENCE = 20.0
#: Waits after the first, second, ... failure, in seconds; then it counts as failed, and is tried again every hour.
WAITS = (10, 30, 60, 180, 600, 1800)
AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Claim:
    """What one worker is to do with one entry; without `entry` it is to be removed."""

    id: UUID
    fence: int
    until: datetime
    connection_id: UUID
    kind: str
    sealed: str
    write_to: str
    booking_id: UUID
    calendar: str
    known: Known
    entry: Entry | None


def plan(account_id: UUID, booking_id: UUID, now: datetime, old_start: int | None = None) -> None:
    """Inside a transaction: have the booking's entries written as it stands when the jobs run."""
    if not CalendarConnection.objects.filter(account_id=account_id).exists():
        return  # one statement for those who connect nothing
    rows = Booking.objects.select_related("host", "calendar")
    booking = rows.filter(id=booking_id, account_id=account_id).first()
    if booking is None:
        return
    changed = rows.filter(touched([booking], old_start), account_id=account_id)
    for one in changed.filter(status__in=("pending", "confirmed"), end_min__gt=to_min_floor(now)):
        if carries(one):
            links = CalendarConnection.objects.filter(account_id=account_id, host__in=hosts_of(one), ended_at=None)
            _make(links.exclude(write_to=""), [one], now)
    ask(ExternalEvent.objects.filter(booking__in=changed, connection__ended_at=None), now)


def erase(account_id: UUID, contact_id: str, now: datetime) -> None:
    """Inside a transaction: what a guest typed goes from the entries too, past ones included."""
    if not CalendarConnection.objects.filter(account_id=account_id).exists():
        return
    theirs = Booking.objects.filter(contact_id=contact_id, account_id=account_id).select_related("calendar")
    for n in range(0, len(bookings := list(theirs)), 50):
        changed = Booking.objects.filter(touched(bookings[n : n + 50]), account_id=account_id)
        entries = ExternalEvent.objects.filter(booking__in=changed, connection__ended_at=None)
        ask(entries.exclude(remote_id=""), now)


def _make(rows: Iterable[CalendarConnection], bookings: Iterable[Booking], now: datetime) -> None:
    made = [ExternalEvent(connection=row, booking=one, updated_at=now) for row in rows for one in bookings]
    ExternalEvent.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)


def ask(rows: QuerySet[ExternalEvent], now: datetime) -> None:
    """Mark entries as to be written and enqueue their jobs; whoever is writing one just now notices by its fence."""
    ids = list(rows.values_list("id", "connection__account_id")[:AT_MOST])
    for n in range(0, len(ids), 500):
        some = ExternalEvent.objects.filter(id__in=[key for key, _account in ids[n : n + 500]])
        some.update(state="waiting", tries=0, fence=F("fence") + 1, updated_at=now)
    _enqueue(ids)


def _enqueue(ids: Iterable[tuple[UUID, UUID]]) -> None:
    enqueue_many(
        (write_event.using(key=f"entry:{key}", account_id=account), {"entry_id": str(key)}) for key, account in ids
    )


def upcoming(row: CalendarConnection, now: datetime) -> QuerySet[ExternalEvent]:
    return ExternalEvent.objects.filter(connection=row, booking__end_min__gt=to_min_floor(now))


def begun(row: CalendarConnection, now: datetime) -> QuerySet[ExternalEvent]:
    """Entries ahead that stand there, or may: a write that was begun and not recorded."""
    return upcoming(row, now).exclude(remote_id="", leased_until=None)


def write_upcoming(row: CalendarConnection, now: datetime) -> None:
    """Inside a transaction: another calendar to write to, or none; upcoming appointments follow."""
    if row.write_to:
        seats = Q(seat_rows__session__occupancy__host_id=row.host_id)
        bookings = Booking.objects.filter(Q(host_id=row.host_id) | seats, account_id=row.account_id)
        standing = bookings.filter(status__in=("pending", "confirmed"), end_min__gt=to_min_floor(now))
        ahead = standing.select_related("calendar").distinct().order_by("start_min", "id")[:AT_MOST]
        _make([row], [one for one in ahead if carries(one)], now)
    ask(upcoming(row, now), now)


def write_again(row: CalendarConnection, now: datetime) -> None:
    """Inside a transaction: what could not be written, once more."""
    ask(upcoming(row, now).filter(state="failed"), now)


@task(queue="calendars", retries=len(WAITS) + 2, timeout=60)
def write_event(*, entry_id: str, now: datetime) -> None:
    """Write, move or remove one entry. A failure is stored with the connection; a transient one is tried again."""
    claim = claim_entry(UUID(entry_id), now)
    if claim is None:
        return
    login = Login({}, PATIENCE)
    try:
        login.secrets = secrets_of(claim.sealed)
        with understood():
            known: Known | RemoteError = carry_out(claim, login)
    except RemoteError as error:
        known = error
    wait = record_outcome(claim, login, known, now)
    if wait is not None:
        raise Retry(wait, str(known))


@transaction.atomic
def claim_entry(entry_id: UUID, now: datetime) -> Claim | None:
    """Lease the entry. None if there is nothing to do, or somebody is at it: then a job comes back after their lease."""
    rows = ExternalEvent.objects.select_for_update(of=("self",)).select_related(
        "connection", "booking__host", "booking__calendar"
    )
    row = rows.filter(id=entry_id, state__in=("waiting", "failed")).first()
    if row is None:
        return None
    if row.leased_until and row.leased_until > now:
        again = write_event.using(key=f"entry:{row.id}", run_after=row.leased_until)
        again.using(account_id=row.connection.account_id).enqueue(entry_id=str(row.id))
        return None
    row.fence, row.leased_until = row.fence + 1, now + LEASE
    row.save(update_fields=["fence", "leased_until"])
    link = row.connection
    return Claim(
        id=row.id,
        fence=row.fence,
        until=row.leased_until,
        connection_id=link.id,
        kind=link.kind,
        sealed=link.config_sealed,
        write_to=link.write_to,
        booking_id=row.booking_id,
        calendar=row.calendar or link.write_to,
        known=Known(row.remote_id, row.etag),
        entry=entry_of(row.booking_id) if _stands(link, row.booking) else None,
    )


def _stands(link: CalendarConnection, booking: Booking) -> bool:
    return bool(
        link.write_to
        and link.ended_at is None
        and carries(booking)
        and any(host.id == link.host_id for host in hosts_of(booking))
    )


def carry_out(claim: Claim, login: Login) -> Known:
    """Talk to the server; harmless when repeated. An entry that stands in another calendar is removed there first."""
    server, known = providers()[claim.kind], claim.known
    moved = known.id and claim.calendar != claim.write_to
    if (claim.entry is None or moved) and claim.calendar:
        try:
            server.remove(login, claim.calendar, claim.booking_id, known)
        except RemoteError as error:
            if error.why != "gone":
                raise
        known = Known()
    return server.put(login, claim.write_to, claim.entry, known) if claim.entry else Known()


@transaction.atomic
def record_outcome(claim: Claim, login: Login, known: Known | RemoteError, now: datetime) -> float | None:
    """Store what became of it; the seconds to wait before another try, if one is worth it."""
    keep_renewed(claim.connection_id, claim.sealed, login)
    row = ExternalEvent.objects.select_for_update(of=("self",)).filter(id=claim.id).first()
    if row is None or row.leased_until != claim.until:
        return None  # it took longer than the lease: somebody else has taken over
    row.leased_until, row.updated_at = None, now
    wait = None
    if isinstance(known, RemoteError):
        wait = _failed(row, known, now)
    else:
        row.remote_id, row.etag, row.error, row.tries = known.id[:1200], known.etag, "", 0
        row.calendar = claim.write_to if known.id else ""
        row.sequence = claim.entry.sequence if claim.entry else -1
        _recovered(claim.connection_id, now)
    if row.fence != claim.fence:
        row.state, wait = "waiting", None  # the appointment has changed meanwhile
        write_event.enqueue(entry_id=str(row.id))
    elif not isinstance(known, RemoteError):
        row.state = "written" if known.id else "removed"
    row.save()
    return wait


def _failed(row: ExternalEvent, error: RemoteError, now: datetime) -> float | None:
    row.error, row.tries = str(error)[:1000], row.tries + 1
    if error.why == "transient" and row.tries <= len(WAITS):
        return max(error.after or 0.0, float(WAITS[row.tries - 1]))
    row.state = "failed"
    link = CalendarConnection.objects.select_for_update(of=("self",)).get(id=row.connection_id)
    link.error = row.error
    if link.alerted_at is None:
        link.alerted_at = now
        tell(link, now, "calendar_connection.failed")
    link.save(update_fields=["error", "alerted_at"])
    return None


def _recovered(connection_id: UUID, now: datetime) -> None:
    rows = CalendarConnection.objects.filter(id=connection_id)
    if link := rows.exclude(error="", alerted_at=None).select_for_update(of=("self",)).first():
        if link.alerted_at is not None:
            tell(link, now, "calendar_connection.recovered")
        link.error, link.alerted_at = "", None
        link.save(update_fields=["error", "alerted_at"])
    rows.update(checked_at=now)


def tell(link: CalendarConnection, now: datetime, kind: str) -> None:
    record(
        account_id=link.account_id,
        actor=SYSTEM,
        now=now,
        kind=kind,
        subject_kind="calendar_connection",
        subject_id=link.id,
        facts={"connection": str(link.id), "host": str(link.host_id), "kind": link.kind},
    )


@periodic(every=timedelta(hours=1), retries=0)
def write_what_failed(*, now: datetime) -> None:
    """Entries of appointments ahead that could not be written for an hour, once more."""
    rows = ExternalEvent.objects.filter(state__in=("waiting", "failed"), updated_at__lt=now - timedelta(minutes=59))
    ahead = rows.filter(booking__end_min__gt=to_min_floor(now), connection__ended_at=None)
    _enqueue(ahead.order_by("updated_at").values_list("id", "connection__account_id")[:AT_MOST])


@task(queue="calendars", retries=6, timeout=600)
def end_connection(*, connection_id: str, now: datetime) -> None:
    """Remove what a disconnected calendar still holds of the appointments ahead, then forget the connection."""
    row = CalendarConnection.objects.filter(id=connection_id).exclude(ended_at=None).first()
    if row is None:
        return
    late = begun(row, now).aggregate(until=Max("leased_until"))["until"]
    if late and late > now:
        raise Retry((late - now).total_seconds() + 1.0, "an entry is being written")
    for entry in begun(row, now):
        login = Login({}, PATIENCE)
        try:
            login.secrets = secrets_of(row.config_sealed)
            with understood():
                known = Known(entry.remote_id, entry.etag)
                providers()[row.kind].remove(login, entry.calendar or row.write_to, entry.booking_id, known)
        except RemoteError as error:
            if error.why == "transient":
                raise Retry(error.after or 60.0, str(error)) from error
            if error.why == "login":
                break
        row.config_sealed = keep_renewed(row.id, row.config_sealed, login)
        ExternalEvent.objects.filter(id=entry.id).update(remote_id="", leased_until=None, state="removed")
    row.delete()


def give_up(job: DeadJob) -> None:
    """Secrets do not stay behind because a server is away."""
    if job.task == end_connection.name:
        CalendarConnection.objects.filter(id=job.args["connection_id"]).exclude(ended_at=None).delete()


on_dead.append(give_up)

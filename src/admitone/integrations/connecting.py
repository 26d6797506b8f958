"""Connecting a host's calendars, choosing among them, signing in again and disconnecting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.calendars import busy
from admitone.calendars.models import Host
from admitone.calendars.queries import bookable
from admitone.calendars.services import delete_busy_source
from admitone.calendars.services.busy import attach_busy_source, refresh_soon
from admitone.events import Actor, record
from admitone.integrations import outbound, writing
from admitone.integrations.connections import connection, keep_renewed, sealed, secrets_of
from admitone.integrations.models import CalendarConnection, RemoteCalendar
from admitone.integrations.remote import Found, Login, RemoteError, plain, providers, understood
from admitone.logic.errors import Problem

MAX_CONNECTIONS = 10
MAX_CALENDARS = 100
#: Somebody is waiting for the page.
PATIENCE = 15.0


def connect_caldav(
    *, account: Account, host_id: UUID, url: str, user: str, password: str, actor: Actor, now: datetime, name: str = ""
) -> CalendarConnection:
    """Sign in at a CalDAV server and list its calendars; nothing blocks and nothing is written before `choose`.

    Problem("invalid", fields) says what the server did not accept. Network: not inside a transaction.
    """
    secrets = _cleaned(url, user, password)
    host = _host(account, host_id)
    found, login = discover("caldav", secrets)
    label = name.strip()[:120] or secrets["url"].partition("://")[2].split("/")[0][:120]
    return _connected(account, host, "caldav", label, secrets["user"], login.secrets, found, actor, now)


def connect_tokens(
    *, account: Account, host_id: UUID, kind: str, tokens: Mapping[str, str], actor: Actor, now: datetime
) -> CalendarConnection:
    """The same with the tokens of a sign-in at Google or Microsoft. RemoteError, Problem("invalid")."""
    host, server = _host(account, host_id), providers()[kind]
    found, login = discover(kind, tokens)
    with understood():
        who = plain(server.who(login))[:254]
    return _connected(account, host, kind, server.label, who, login.secrets, found, actor, now)


def discover(kind: str, secrets: Mapping[str, str]) -> tuple[list[Found], Login]:
    """The calendars of a sign-in; Problem("invalid") with the server's refusal at its field."""
    login = Login(secrets, PATIENCE)
    try:
        with understood():
            found = providers()[kind].calendars(login)
    except RemoteError as error:
        field = "password" if error.why == "login" else "url"
        raise Problem("invalid", str(error), fields={field: str(error)}) from error
    usable = [replace(one, name=plain(one.name)[:200]) for one in found if len(one.id) <= 1000 and one.id.isprintable()]
    return usable[:MAX_CALENDARS], login


def change_password(
    *, account: Account, connection_id: UUID, password: str, actor: Actor, now: datetime
) -> CalendarConnection:
    """Sign in again at a CalDAV server. Problem("invalid")."""
    row = connection(account, connection_id)
    if row.kind != "caldav":
        raise Problem("invalid", fields={"password": _("Sign in at the provider again.")})
    try:
        secrets = secrets_of(row.config_sealed)
    except RemoteError:
        raise Problem("invalid", fields={"password": _("Disconnect it and connect it anew.")}) from None
    cleaned = _cleaned(secrets["url"], secrets["user"], password)
    found, login = discover("caldav", cleaned)
    return _connected(account, row.host, "caldav", row.name, row.login, login.secrets, found, actor, now)


def refresh(*, account: Account, connection_id: UUID, now: datetime) -> CalendarConnection:
    """List the calendars again, read those that block, write what could not be written. Outside of transactions."""
    row = connection(account, connection_id)
    try:
        found, login = discover(row.kind, secrets_of(row.config_sealed))
    except (Problem, RemoteError) as error:
        words = error.detail if isinstance(error, Problem) else str(error)
        CalendarConnection.objects.filter(id=row.id).update(error=words[:1000])
    else:
        with transaction.atomic():
            keep_renewed(row.id, row.config_sealed, login)
            _list(row, found)
            CalendarConnection.objects.filter(id=row.id).update(error="", checked_at=now)
            writing.write_again(row, now)
    sources = row.calendars.exclude(source=None).values_list("source_id", flat=True)
    busy.refresh_now([source for source in sources if source], now)
    return connection(account, row.id)


def read_unread(*, account: Account, connection_id: UUID, now: datetime) -> None:
    """Read calendars that were chosen just now, side by side, for three seconds at most. Outside of transactions."""
    sources = connection(account, connection_id).calendars.filter(source__fetched_at=None)
    busy.refresh_now([key for key in sources.values_list("source_id", flat=True) if key], now)


@transaction.atomic
def choose(
    *,
    account: Account,
    connection_id: UUID,
    actor: Actor,
    now: datetime,
    blocks: Sequence[UUID] | None = None,
    write_to: UUID | str | None = None,
) -> CalendarConnection:
    """Which calendars block the host, and which one appointments are written to ("" = none); None leaves it as it is.

    Upcoming appointments move along with `write_to`. Problem("invalid") for ids that are not the connection's.
    """
    row = connection(account, connection_id)
    known = {one.id: one for one in row.calendars.select_related("source")}
    changed = []
    if blocks is not None and _block(row, known, set(blocks), actor, now):
        changed.append("blocks")
    if write_to is not None and (target := _target(known, write_to)) != row.write_to:
        row.write_to, row.error = target, ""
        row.save(update_fields=["write_to", "error"])
        writing.write_upcoming(row, now)
        changed.append("write_to")
    if changed:
        tell(row, actor, now, "calendar_connection.changed", fields=changed)
    return row


@transaction.atomic
def disconnect(
    *, account: Account, connection_id: UUID, actor: Actor, now: datetime, remove_entries: bool = False
) -> None:
    """Forget the connection and what its calendars blocked; with `remove_entries` upcoming entries are deleted there."""
    row = connection(account, connection_id)
    for one in row.calendars.exclude(source=None):
        if one.source_id:
            delete_busy_source(account=account, source_id=one.source_id, actor=actor, now=now)
    tell(row, actor, now, "calendar_connection.deleted")
    if remove_entries and writing.begun(row, now).exists():
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        writing.end_connection.using(account_id=account.pk).enqueue(connection_id=str(row.id))
        return
    row.delete()


def _cleaned(url: str, user: str, password: str) -> dict[str, str]:
    """Problem("invalid") for what is no address, no name or no password."""
    address = url.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    fields = {}
    try:
        outbound.parts_of(address)
        if len(address) > 900 or any(ord(character) <= 32 for character in address):
            fields["url"] = _("Enter the address without blanks.")
    except ValueError:
        fields["url"] = _("Enter the server's address, such as https://dav.example.com/.")
    for field, value in (("user", user), ("password", password)):
        if not value.strip() or len(value) > 254 or not value.isprintable():
            fields[field] = _("This is needed, in one line.")
    if ":" in user:
        fields["user"] = _("A user name holds no colon.")
    if fields:
        raise Problem("invalid", fields=fields)
    return {"url": address, "user": user.strip(), "password": password.strip()}


def _host(account: Account, host_id: UUID) -> Host:
    host = bookable(account).filter(id=host_id).first()
    if host is None:
        raise Problem("not_found")
    return host


@transaction.atomic
def _connected(
    account: Account,
    host: Host,
    kind: str,
    name: str,
    login: str,
    secrets: Mapping[str, str],
    found: Sequence[Found],
    actor: Actor,
    now: datetime,
) -> CalendarConnection:
    """A new connection, or the one of the same sign-in, with its secrets renewed."""
    row = _same(account, host, kind, login, secrets)
    values = {"config_sealed": sealed(secrets), "error": "", "checked_at": now}
    if row is not None:
        CalendarConnection.objects.filter(id=row.id).update(**values)
        row.refresh_from_db()
        tell(row, actor, now, "calendar_connection.changed", fields=["login"])
        _resume(row, now)
    else:
        if CalendarConnection.objects.filter(account=account, host=host, ended_at=None).count() >= MAX_CONNECTIONS:
            raise Problem("invalid", _("A host can have %d connections at most.") % MAX_CONNECTIONS)
        row = CalendarConnection.objects.create(
            account=account, host=host, kind=kind, name=name, login=login, created_at=now, **values
        )
        tell(row, actor, now, "calendar_connection.created")
    _list(row, found)
    return row


def _same(account: Account, host: Host, kind: str, login: str, secrets: Mapping[str, str]) -> CalendarConnection | None:
    for row in CalendarConnection.objects.filter(account=account, host=host, kind=kind, login=login, ended_at=None):
        try:
            if secrets_of(row.config_sealed).get("url") == secrets.get("url"):
                return row
        except RemoteError:
            return row
    return None


def _resume(row: CalendarConnection, now: datetime) -> None:
    """After signing in again: read and write what had to wait."""
    for one in row.calendars.select_related("source"):
        if one.source:
            refresh_soon(one.source)
    writing.write_again(row, now)


def _list(row: CalendarConnection, found: Sequence[Found]) -> None:
    """Take over new names and calendars; those that are gone and not used are forgotten."""
    known = {one.remote_id: one for one in row.calendars.all()}
    for one in found:
        values = {"name": one.name, "writable": one.writable}
        RemoteCalendar.objects.update_or_create(connection=row, remote_id=one.id, defaults=values)
    gone = set(known) - {one.id for one in found} - {row.write_to}
    RemoteCalendar.objects.filter(connection=row, remote_id__in=gone, source=None).delete()


def _block(
    row: CalendarConnection, known: Mapping[UUID, RemoteCalendar], wanted: set[UUID], actor: Actor, now: datetime
) -> bool:
    if wanted - known.keys():
        raise Problem("invalid", fields={"blocks": _("Choose among this connection's calendars.")})
    changed = False
    for key, one in known.items():
        if key in wanted and one.source is None:
            config = {"connection": str(row.id), "calendar": one.remote_id}
            one.source = attach_busy_source(row.account, row.host, row.kind, config, one.name[:120], actor, now)
            one.save(update_fields=["source"])
            changed = True
        elif key not in wanted and one.source is not None:
            delete_busy_source(account=row.account, source_id=one.source.id, actor=actor, now=now)
            changed = True
    return changed


def _target(known: Mapping[UUID, RemoteCalendar], write_to: UUID | str) -> str:
    if write_to == "":
        return ""
    one = known.get(UUID(str(write_to)))
    if one is None or not one.writable:
        raise Problem("invalid", fields={"write_to": _("Choose a calendar that can be written to.")})
    return one.remote_id


def tell(row: CalendarConnection, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=row.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="calendar_connection",
        subject_id=row.id,
        facts={"connection": str(row.id), "host": str(row.host_id), "kind": row.kind, **facts},
    )

"""People who can be booked: one host a person and agency, whatever the sub-accounts (P6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from admitone.accounts.models import Account, Membership, User
from admitone.calendars import plans
from admitone.calendars.models import Calendar, CalendarHost, Host
from admitone.calendars.queries import bookable
from admitone.calendars.services.rows import for_update, tell
from admitone.events import Actor, record
from admitone.logic import identity
from admitone.logic.calendars import clean_https
from admitone.logic.errors import Problem
from admitone.logic.faults import Faults


def create_host(*, account: Account, name: str, email: str = "", actor: Actor, now: datetime) -> Host:
    """A host without a sign-in, for this account alone until it books them. Problem("invalid") for name or address."""
    name, email = _clean(name, email)
    with transaction.atomic():
        host = Host.objects.create(agency=account.agency, account=account, name=name, email=email, created_at=now)
        _tell(account, host, actor, now, "host.created")
    return host


def delete_host(*, account: Account, host_id: UUID, actor: Actor, now: datetime) -> Host:
    """Hide somebody without a sign-in; their past stays. Twice is once; `restore_host` undoes it.

    Problem("host_in_use") while a calendar has them. Asked through `booking.services.remove_host`, which knows what is ahead.
    """
    with transaction.atomic():
        host = _own(account, host_id)
        if host.deleted_at is None:
            if host.calendar_hosts.filter(calendar__deleted_at=None).exists():
                raise Problem("host_in_use")
            _hide(host, now)
            _tell(account, host, actor, now, "host.deleted")
    return host


def restore_host(*, account: Account, host_id: UUID, actor: Actor, now: datetime) -> Host:
    """Bring a deleted host back; a calendar that is brought back does the same for its team."""
    with transaction.atomic():
        host = _own(account, host_id)
        if host.deleted_at is not None:
            _hide(host, None)
            _tell(account, host, actor, now, "host.restored")
    return host


def restore_team(calendar: Calendar, actor: Actor, now: datetime) -> None:
    """Whoever was deleted after their calendar comes back with it; in the caller's transaction."""
    for host in Host.objects.filter(calendar_hosts__calendar=calendar, deleted_at__isnull=False).order_by("id"):
        _hide(host, None)
        _tell(calendar.account, host, actor, now, "host.restored")


def _own(account: Account, host_id: UUID) -> Host:
    """Somebody without a sign-in whom the account made or has had in a calendar, locked; Problem("not_found")."""
    here = CalendarHost.objects.filter(calendar__account=account).values("host")
    rows = Host.objects.filter(Q(account=account) | Q(id__in=here), agency_id=account.agency_id, user=None)
    host = rows.select_for_update(no_key=True).filter(id=host_id).first()
    if host is None:
        raise Problem("not_found")
    return host


def _hide(host: Host, at: datetime | None) -> None:
    host.deleted_at = at
    host.save(update_fields=["deleted_at"])


def ensure_host_for_user(*, account: Account, user: User, now: datetime) -> Host:
    """The user's host in the account's agency, made on first need."""
    host, _ = Host.objects.get_or_create(
        agency_id=account.agency_id,
        user=user,
        defaults={"name": user.name or user.email.partition("@")[0], "email": user.email, "created_at": now},
    )
    return host


def host_for_actor(*, account: Account, actor: Actor, now: datetime) -> Host:
    """The acting user's host; for programs the first owner's, so that somebody can always be booked."""
    if actor.kind == "user":
        return ensure_host_for_user(account=account, user=User.objects.get(id=actor.id), now=now)
    owner = Membership.objects.filter(account=account, role="owner").select_related("user").order_by("id").first()
    if owner is None:
        raise Problem("invalid", fields={"host": "Say who can be booked."})
    return ensure_host_for_user(account=account, user=owner.user, now=now)


def set_hosts(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, hosts: Sequence[UUID]) -> Calendar:
    """Who is booked in a calendar, in order of preference. Problem("not_found") for a host the account may not book."""
    wanted = list(dict.fromkeys(hosts))
    if not wanted:
        raise Problem("invalid", fields={"hosts": "A calendar needs at least one host."})
    with transaction.atomic():
        calendar = for_update(account, calendar_id)
        if set(bookable(account).filter(id__in=wanted).values_list("id", flat=True)) != set(wanted):
            raise Problem("not_found")
        rows = CalendarHost.objects.filter(calendar=calendar)
        if list(rows.order_by("-priority", "host_id").values_list("host_id", flat=True)) == wanted:
            return calendar
        rows.delete()
        CalendarHost.objects.bulk_create(
            CalendarHost(calendar=calendar, host_id=host, priority=len(wanted) - n - 1) for n, host in enumerate(wanted)
        )
        calendar.updated_at = now
        plans.store(calendar, ["updated_at"])
        tell(calendar, actor, now, "calendar.changed", fields=["hosts"])
    return calendar


def update_host(*, account: Account, host_id: UUID, actor: Actor, now: datetime, name: str, email: str = "") -> Host:
    """Rename a host who has no sign-in; plans of every calendar with the host are compiled again."""
    name, email = _clean(name, email)
    with transaction.atomic():
        host = bookable(account).filter(id=host_id, user=None).first()
        if host is None:
            raise Problem("not_found")
        if _renamed(host, name, email):
            _tell_of_host(account, host, actor, now)
    return host


def set_video_room(*, account: Account, host_id: UUID, actor: Actor, now: datetime, video_url: str) -> Host:
    """The host's own room (https, or ""), for calendars that meet there; appointments already booked keep theirs.

    Problem("not_found") for a host the account may not book, Problem("invalid").
    """
    url = _room(video_url)
    with transaction.atomic():
        host = bookable(account).filter(id=host_id).first()
        if host is None:
            raise Problem("not_found")
        if _changed(host, video_url=url):
            _tell_of_host(account, host, actor, now)
    return host


def set_own_video_room(*, user: User, video_url: str) -> int:
    """The same for all hosts that the user is, in every agency. How many hosts changed. Problem("invalid")."""
    url = _room(video_url)
    with transaction.atomic():
        return sum(_changed(host, video_url=url) for host in Host.objects.filter(user=user))


def sync_host(*, user: User) -> int:
    """After a user's name or address changed: their hosts follow, plans included. How many hosts changed."""
    with transaction.atomic():
        hosts = Host.objects.filter(user=user)
        return sum(_renamed(host, user.name or host.name, user.email) for host in hosts)


def _renamed(host: Host, name: str, email: str) -> bool:
    return _changed(host, name=name, email=email)


def _changed(host: Host, **values: str) -> bool:
    """Keep what is new of a host, with every plan that shows it; whether anything was."""
    if all(getattr(host, name) == value for name, value in values.items()):
        return False
    list(plans.locked(Calendar.objects.filter(calendar_hosts__host=host)))  # calendars before hosts, as bookings do
    for name, value in values.items():
        setattr(host, name, value)
    host.save(update_fields=list(values))
    plans.recompile_host(host.id)
    return True


def _tell_of_host(account: Account, host: Host, actor: Actor, now: datetime) -> None:
    _tell(account, host, actor, now, "calendar.changed", fields=["host"])


def _tell(account: Account, host: Host, actor: Actor, now: datetime, kind: str, **facts: object) -> None:
    record(
        account_id=account.id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="host",
        subject_id=host.id,
        facts={"host": str(host.id), **facts},
    )


def _room(raw: str) -> str:
    try:
        return clean_https(raw)
    except ValueError as error:
        raise Problem("invalid", fields={"video_url": str(error)}) from error


def _clean(name: str, email: str) -> tuple[str, str]:
    faults = Faults()
    with faults.at("name"):
        name = identity.clean_name(name, 120)
    with faults.at("email"):
        email = identity.clean_email(email) if email else ""
    if not name and not faults:
        faults["name"] = "This is needed."
    faults.refuse()
    return name, email

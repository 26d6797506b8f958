"""Who is told: the person to contact about a link, and those who look after an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admitone.accounts.models import Account, User
from admitone.accounts.permissions import role
from admitone.calendars.models import Calendar, Host
from admitone.links.models import OneTimeLink
from admitone.values.times import Reader


@dataclass(frozen=True, slots=True)
class Recipient:
    email: str
    reader: Reader


def contact_of(calendar: Calendar | None, link: OneTimeLink | None, account: Account) -> list[Recipient]:
    """By the calendar's policy: a given address; the link's maker while still a member, then the host; at last owners."""
    zone = calendar.schedule.timezone if calendar else account.timezone
    if calendar and calendar.contact_policy == "custom" and calendar.contact_email:
        return [Recipient(calendar.contact_email, Reader(account.locale, zone))]
    maker = link.created_by if link else None
    wants_maker = calendar is None or calendar.contact_policy != "host"
    if wants_maker and maker and role(maker, account):
        return [of_user(maker, account, zone)]
    return hosts_of(calendar, account) or admins_of(account)[:1]


def hosts_of(calendar: Calendar | None, account: Account) -> list[Recipient]:
    if calendar is None:
        return []
    rows = calendar.calendar_hosts.select_related("host__user").order_by("-priority", "id")
    return distinct(found for row in rows if (found := of_host(row.host, account, calendar.schedule.timezone)))


def admins_of(account: Account) -> list[Recipient]:
    """Owners, then admins; the agency's admins where the account has neither."""
    users = User.objects.filter(is_active=True)
    mine = users.filter(memberships__account=account, memberships__role__in=("owner", "admin"))
    found = list(mine.order_by("-memberships__role", "memberships__id"))
    found = found or list(users.filter(agencies__agency=account.agency_id).order_by("agencies__id"))
    return distinct(of_user(user, account, account.timezone) for user in found)


def of_host(host: Host, account: Account, zone: str) -> Recipient | None:
    """The host's own address, else that of the user who is the host."""
    email = host.email or (host.user.email if host.user else "")
    locale = (host.user.locale if host.user else "") or account.locale
    return Recipient(email, Reader(locale, zone)) if email else None


def of_user(user: User, account: Account, zone: str) -> Recipient:
    return Recipient(user.email, Reader(user.locale or account.locale, user.timezone or zone))


def distinct(found: Iterable[Recipient]) -> list[Recipient]:
    """Each address once, in order."""
    return list({one.email.lower(): one for one in reversed(list(found))}.values())[::-1]

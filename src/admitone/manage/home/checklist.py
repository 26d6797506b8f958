"""The set-up list: what is still missing before the first guest, read from the data wherever it shows there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from admitone.accounts.addresses import is_private_base
from admitone.accounts.models import Account
from admitone.calendars.models import Calendar, Hours
from admitone.links.models import OneTimeLink
from admitone.messaging.models import EmailSettings, Message

OFFICE_HOURS = {(weekday, 540, 1020) for weekday in range(5)}
ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Step:
    """`url` is where it is done; `confirm` labels the button that settles it as it is."""

    key: str
    title: str
    text: str
    url: str
    action: str
    confirm: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Checklist:
    steps: list[Step]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def complete(self) -> bool:
        return self.done == self.total

    @property
    def next_key(self) -> str:
        return next((step.key for step in self.steps if not step.done), "")


def checklist(account: Account) -> Checklist | None:
    """The list, or None once it was dismissed. Three statements."""
    if "dismissed" in account.setup:
        return None
    seen = facts(account)
    settled = seen.shown | account.setup.keys()
    return Checklist([replace(step, done=step.key in settled) for step in steps(account, seen.calendar_id)])


def steps(account: Account, calendar_id: UUID | None) -> list[Step]:
    """All steps, none of them done."""
    home = f"/app/{account.slug}/"
    calendar = f"{home}calendars/{calendar_id}/" if calendar_id else f"{home}calendars/"
    hours = f"{calendar}hours/" if calendar_id else calendar
    link = f"{home}links/new/"
    public = _("So that others can open your links.")
    skip = _("Skip")
    return [
        Step("zone", _("Check the time zone"), account.timezone, f"{home}settings/general/", _("Change"), _("This is right")),
        Step("hours", _("Set your working hours"), _("Guests can only book inside them."), hours, _("Set hours"), _("These are right")),
        Step("location", _("Say where you meet"), _("A phone number, an address or a video link."), calendar, _("Set location"), skip),
        Step("email", _("Test your email"), _("So that confirmations reach guests."), f"{home}settings/email/", _("Set up email"), skip),
        Step("address", _("Get a public address"), public, f"{home}settings/general/#public-address", _("See how"), skip),
        Step("link", _("Send yourself a link"), _("Book once and see what your guests see."), link, _("Create link"), skip),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    calendar_id: UUID | None
    shown: frozenset[str]


def facts(account: Account) -> Facts:
    """Which steps the data show to be done."""
    row = Account.objects.annotate(
        located=Exists(calendars(account).exclude(location_kind="none")),
        mailed=Exists(EmailSettings.objects.filter(account=OuterRef("pk"), test_ok=True))
        | Exists(Message.objects.filter(account=OuterRef("pk"), status="sent")),
        linked=Exists(OneTimeLink.objects.filter(account=OuterRef("pk"))),
    ).get(pk=account.pk)
    found = {
        "zone": account.timezone != "UTC",
        "hours": own_hours(account),
        "location": row.located or bool(account.public_phone),
        "email": row.mailed,
        "address": not is_private_base(),
        "link": row.linked,
    }
    first = calendars(account).order_by("id").values_list("id", flat=True).first()
    return Facts(first, frozenset(key for key, done in found.items() if done))


def calendars(account: Account) -> QuerySet[Calendar]:
    return Calendar.objects.filter(account=account, deleted_at=None)


def own_hours(account: Account) -> bool:
    """Are there hours other than the ones every calendar starts with?"""
    rows = Hours.objects.filter(schedule__account=account).order_by().values_list("weekday", "start", "end").distinct()
    found = set(rows[:ENOUGH])
    return bool(found) and found != OFFICE_HOURS

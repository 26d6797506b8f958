"""The set-up list: what is still missing before the first guest, read from the data wherever it shows there."""

from __future__ import annotations

from dataclasses import dataclass

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
    """`url` is where it is done; `confirm`, if any, ticks it without a change."""

    key: str
    title: str
    text: str
    url: str
    action: str
    done: bool
    confirm: str = ""


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
    home = f"/app/{account.slug}/"
    calendar = f"{home}calendars/{seen.calendar_id}/" if seen.calendar_id else f"{home}calendars/"
    skip = _("Skip")
    steps = [
        (
            "zone",
            _("Check the time zone"),
            account.timezone,
            f"{home}settings/general/",
            _("Change"),
            _("This is right"),
        ),
        (
            "hours",
            _("Set your working hours"),
            _("Guests can only book inside them."),
            calendar,
            _("Set hours"),
            _("These are right"),
        ),
        (
            "location",
            _("Say where you meet"),
            _("A phone number, an address or a video link."),
            calendar,
            _("Set location"),
            skip,
        ),
        (
            "email",
            _("Test your email"),
            _("So that confirmations reach guests."),
            f"{home}settings/email/",
            _("Set up email"),
            skip,
        ),
        (
            "address",
            _("Get a public address"),
            _("So that others can open your links: docs/howto/go-live.md."),
            "",
            "",
            skip,
        ),
        (
            "link",
            _("Send yourself a link"),
            _("Book once as your own guest and see what they see."),
            calendar,
            _("Open calendar"),
            skip,
        ),
    ]
    return Checklist([Step(*step[:5], step[0] in account.setup or seen.has(step[0]), step[5]) for step in steps])


@dataclass(frozen=True, slots=True)
class Facts:
    calendar_id: object
    shown: frozenset[str]

    def has(self, key: str) -> bool:
        return key in self.shown


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

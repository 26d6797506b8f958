"""How many messages the workflows of an account may send on one day of its own zone. The rest wait, none is lost."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from admitone.accounts.models import Account
from admitone.messaging.models import DailyCount
from admitone.messaging.queries import email_settings, sms_settings

HIGHEST = 1_000_000


def cap_of(account: Account, channel: str) -> int | None:
    """The lower of the account's own cap and the installation's; None if there is neither."""
    own = (sms_settings if channel == "sms" else email_settings)(account).daily_cap
    found = [cap for cap in (own, house_cap(channel)) if cap]
    return min(found) if found else None


def house_cap(channel: str) -> int:
    """The installation's, 0 for none."""
    return settings.ENV.sms_daily_cap if channel == "sms" else settings.ENV.email_daily_cap


def take(*, account: Account, channel: str, now: datetime) -> datetime | None:
    """Count one message of today, in the caller's transaction. When the next day begins if there were enough already.

    One row a day is added to under its own guard: no scan, and two workers never pass the cap together.
    """
    cap = cap_of(account, channel)
    if cap is None:
        return None
    today = day_of(account, now)
    row, _made = DailyCount.objects.get_or_create(account_id=account.pk, channel=channel, day=today)
    if DailyCount.objects.filter(pk=row.pk, n__lt=cap).update(n=F("n") + 1):
        return None
    return next_day(account, now)


def give_back(*, account: Account, channel: str, now: datetime) -> None:
    """The message counted just now was not sent after all."""
    rows = DailyCount.objects.filter(account_id=account.pk, channel=channel, day=day_of(account, now))
    rows.filter(n__gt=0).update(n=F("n") - 1)


def sent_today(account: Account, channel: str, now: datetime) -> int:
    """0 while there is no cap: then nobody counts."""
    rows = DailyCount.objects.filter(account_id=account.pk, channel=channel, day=day_of(account, now))
    return rows.values_list("n", flat=True).first() or 0


def day_of(account: Account, now: datetime) -> date:
    return now.astimezone(ZoneInfo(account.timezone)).date()


def next_day(account: Account, now: datetime) -> datetime:
    """The instant at which the next day begins where the account is."""
    zone = ZoneInfo(account.timezone)
    begins = datetime.combine(day_of(account, now) + timedelta(days=1), time(), zone)
    return datetime.fromtimestamp(begins.timestamp(), now.tzinfo)

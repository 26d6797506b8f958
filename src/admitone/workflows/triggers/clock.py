"""Moments on the calendar: every day at nine, a contact's birthday, a week before a contract ends."""

from __future__ import annotations

from calendar import isleap
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.contacts.queries import custom_fields
from admitone.logic.hours import parse_time
from admitone.logic.identity import clean_zone
from admitone.logic.rhythm import Every, Rhythm
from admitone.workflows.clocks import ClockTrigger
from admitone.workflows.filters import gone, tags
from admitone.workflows.registry import Faults, params, trigger

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = {
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
}
MAX_DAYS = 366
AT = {"at": _("Time of day"), "timezone": _("Time zone")}
AT_HELPS = {"at": _("Like 09:00, on the clock of the time zone."), "timezone": _("Left empty: the sub-account's.")}


def clock_faults(at: str, timezone: str) -> Faults:
    found: Faults = {}
    try:
        if parse_time(at) == 24 * 60:
            found["at"] = translated("Midnight is 00:00.")
    except ValueError as error:
        found["at"] = str(error)
    try:
        clean_zone(timezone or "UTC")
    except ValueError as error:
        found["timezone"] = str(error)
    return found


def everybody(account: Account) -> QuerySet[Contact]:
    return Contact.objects.filter(account=account, erased_at=None, merged_into=None)


@trigger("schedule")
class Schedule(ClockTrigger):
    """Again and again at a time of day: for every contact, for those with a tag, or once without a contact."""

    label = _("Schedule")
    category = _("Time")

    @params
    class Params:
        """`weekday` is for weeks, `day` (of the month, at most its last) for months."""

        every: Every = "day"
        at: str = "09:00"
        weekday: Weekday = "monday"
        day: int = 1
        timezone: str = ""
        contacts: Literal["none", "tagged", "all"] = "none"
        tag: UUID | None = None

    labels = {
        "every": _("Every"),
        **AT,
        "weekday": _("Day of the week"),
        "day": _("Day of the month"),
        "contacts": _("For"),
        "tag": _("Tag"),
    }
    helps = {**AT_HELPS, "day": _("A month that is shorter has it on its last day.")}
    editors = {"timezone": "timezone", "tag": "tag"}
    words = {
        "every": {"day": _("Day"), "weekday": _("Day from Monday to Friday"), "week": _("Week"), "month": _("Month")},
        "weekday": WEEKDAYS,
        "contacts": {
            "none": _("Once, without a contact"),
            "tagged": _("Every contact with the tag"),
            "all": _("Every contact"),
        },
    }

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        found = clock_faults(params.at, params.timezone)
        if not 1 <= params.day <= 31:
            found["day"] = translated("Choose a day from 1 to 31.")
        if params.contacts == "tagged" and params.tag is None:
            found["tag"] = translated("Choose a tag.")
        return {**gone("tag", tags(account), [params.tag] if params.tag else []), **found}

    @classmethod
    def rhythm(cls, params: Any, account: Account) -> Rhythm:
        zone, weekday = params.timezone or account.timezone, list(WEEKDAYS).index(params.weekday)
        return Rhythm(params.every, parse_time(params.at), zone, weekday, params.day)

    @classmethod
    def contacts(cls, params: Any, account: Account, moment: datetime) -> QuerySet[Contact] | None:
        if params.contacts == "none":
            return None
        rows = everybody(account)
        return rows if params.contacts == "all" else rows.filter(contact_tags__tag=params.tag)


@trigger("date.reminder")
class DateReminder(ClockTrigger):
    """A date kept about a contact comes near, is there, or was: once, or every year like a birthday."""

    label = _("Date reminder")
    category = _("Time")

    @params
    class Params:
        """`field` is the key of a custom field of kind date."""

        field: str = ""
        when: Literal["before", "on", "after"] = "on"
        days: int = 0
        yearly: bool = False
        at: str = "09:00"
        timezone: str = ""

    labels = {
        "field": _("Date"),
        "when": _("When"),
        "days": _("Days before or after"),
        "yearly": _("Every year"),
        **AT,
    }
    helps = {**AT_HELPS, "field": _("A custom field of contacts that holds a date."), "yearly": _("As for a birthday.")}
    editors = {"field": "custom_field", "timezone": "timezone"}
    words = {"when": {"before": _("Days before"), "on": _("On the day"), "after": _("Days after")}}

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        found = clock_faults(params.at, params.timezone)
        if not custom_fields(account).filter(key=params.field, kind="date").exists():
            found["field"] = translated("Choose a custom field that holds a date.")
        if not 0 <= params.days <= MAX_DAYS:
            found["days"] = translated("Choose up to a year.")
        return found

    @classmethod
    def rhythm(cls, params: Any, account: Account) -> Rhythm:
        return Rhythm("day", parse_time(params.at), params.timezone or account.timezone)

    @classmethod
    def contacts(cls, params: Any, account: Account, moment: datetime) -> QuerySet[Contact]:
        days = {"before": params.days, "on": 0, "after": -params.days}[params.when]
        wanted = cls.rhythm(params, account).local(moment) + timedelta(days=days)
        return everybody(account).filter(dated(f"custom__{params.field}", wanted, yearly=params.yearly))


def dated(column: str, on: date, *, yearly: bool) -> Q:
    """Rows whose date is this one, or its anniversary; that of 29 February is on the 28th in other years."""
    if not yearly:
        return Q(**{column: on.isoformat()})
    found = Q(**{f"{column}__endswith": f"-{on:%m-%d}"})
    if (on.month, on.day) == (2, 28) and not isleap(on.year):
        found |= Q(**{f"{column}__endswith": "-02-29"})
    return found

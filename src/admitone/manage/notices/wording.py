"""Names of what a notice is, for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from admitone.logic.notices import Notice

OCCASIONS: dict[str, Any] = {
    "booked": gettext_lazy("Booked"),
    "pending": gettext_lazy("Asked for, waits for approval"),
    "confirmed": gettext_lazy("Approved"),
    "declined": gettext_lazy("Declined"),
    "rescheduled": gettext_lazy("Rescheduled"),
    "cancelled": gettext_lazy("Cancelled"),
    "reminder": gettext_lazy("Reminder"),
    "follow_up": gettext_lazy("Follow-up"),
}
AUDIENCES: dict[str, Any] = {
    "guest": gettext_lazy("Guest"),
    "host": gettext_lazy("Host"),
    "extra": gettext_lazy("Somebody else"),
    "party": gettext_lazy("Those who come along"),
}
CHANNELS: dict[str, Any] = {"email": gettext_lazy("Email"), "sms": gettext_lazy("SMS")}
#: Codes of notifications.telling.why_not.
WHY_NOT: dict[str, Any] = {
    "no email": gettext_lazy("No email address"),
    "no phone": gettext_lazy("No phone number"),
    "no provider": gettext_lazy("No SMS provider yet"),
    "opted out": gettext_lazy("Opted out"),
    "landline": gettext_lazy("The number cannot receive SMS"),
}


def length(minutes: int) -> str:
    """2 days, 90 minutes: in the largest unit that leaves no rest."""
    if minutes and minutes % 1440 == 0:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes and minutes % 60 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def when(one: Notice) -> str:
    """When it goes, in words."""
    if not one.is_timed:
        return _("At once")
    if one.offset is None:
        return _("No time set")
    if one.occasion == "reminder":
        return _("%(length)s before the start") % {"length": length(one.offset)}
    if not one.offset:
        return _("When it is over")
    return _("%(length)s after the end") % {"length": length(one.offset)}


def words(one: Notice) -> str:
    """The beginning of its own words, or that it has none."""
    own = one.subject or " ".join(one.body.split())
    return own[:100] if own else _("Standard words")


def name(one: Notice) -> str:
    """Reminder to the guest, 1 day before the start: what tells it from the others."""
    facts = {"what": OCCASIONS[one.occasion], "who": AUDIENCES[one.audience], "how": CHANNELS[one.channel]}
    told = _("%(what)s: %(who)s, %(how)s") % facts
    return f"{told}, {when(one)}" if one.is_timed else told

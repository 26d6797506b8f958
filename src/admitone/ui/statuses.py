"""How each status looks: its tone, its icon and its word."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    """`tone` is one of ok, info, warn, danger or empty (neutral); `icon` a lucide name."""

    tone: str
    icon: str
    word: str | Promise


LOOKS: dict[str, Look] = {
    "active": Look("ok", "ticket", _("Active")),
    "used": Look("", "ticket-check", _("Used")),
    "deleted": Look("danger", "ticket-x", _("Deleted")),
    "expired": Look("warn", "timer-off", _("Expired")),
    "not_open": Look("info", "clock", _("Not open yet")),
    "paused": Look("warn", "circle-pause", _("Paused")),
    "draft": Look("", "pencil", _("Draft")),
    "published": Look("ok", "circle-check", _("Published")),
    "pending": Look("warn", "hourglass", _("Pending")),
    "confirmed": Look("ok", "calendar-check", _("Confirmed")),
    "waiting": Look("", "hourglass", _("Waiting")),
    "offered": Look("info", "ticket", _("Offered")),
    "left": Look("", "log-out", _("Left")),
    "booked": Look("ok", "calendar-check", _("Booked")),
    "rescheduled": Look("info", "calendar-clock", _("Rescheduled")),
    "cancelled": Look("danger", "calendar-x", _("Cancelled")),
    "declined": Look("danger", "ban", _("Declined")),
    "no_show": Look("warn", "user-x", _("No-show")),
    "completed": Look("", "circle-check", _("Completed")),
    "queued": Look("", "hourglass", _("Queued")),
    "running": Look("info", "loader", _("Running")),
    "sending": Look("info", "send", _("Sending")),
    "sent": Look("ok", "check", _("Sent")),
    "delivered": Look("ok", "check", _("Delivered")),
    "failed": Look("danger", "circle-x", _("Failed")),
    "skipped": Look("", "circle-slash", _("Skipped")),
    "received": Look("", "reply", _("Received")),
    "bounced": Look("danger", "circle-x", _("Bounced")),
    "complained": Look("danger", "circle-x", _("Called spam")),
    "outbox": Look("warn", "inbox", _("Not delivered")),
    "invited": Look("info", "mail", _("Invited")),
    "revoked": Look("danger", "ban", _("Revoked")),
    "one_time_only": Look("info", "ticket", _("One-time links only")),
    "public": Look("", "globe", _("Public")),
    "on": Look("ok", "circle-check", _("On")),
    "off": Look("", "circle-off", _("Off")),
    "current": Look("ok", "circle-dot", _("Current")),
}


def look(status: str) -> Look:
    """The look of a status; an unknown one is neutral and shows its own name."""
    return LOOKS.get(status) or Look("", "circle", status.replace("_", " ").capitalize())

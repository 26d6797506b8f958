"""Why a host got an appointment, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def why_host(reason: str) -> str:
    """The sentence for Booking.host_reason; "" where there was no choice."""
    return {
        "wish": _("This host was asked for."),
        "owner": _("This host is the contact's owner."),
        "only": _("Only this host was free."),
        "priority": _("This host has the highest priority of those who were free."),
        "share": _("This host was furthest behind their share of appointments."),
        "longest_ago": _("Of those who were free, this host's last appointment was booked longest ago."),
        "order": _("Several hosts were equal; the first of the list was taken."),
        "same": _("The host stayed the same when the appointment was moved."),
    }.get(reason, "")

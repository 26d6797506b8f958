"""One-time links in words: why one works or not, where it came from, what happened to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.accounts.addresses import absolute, is_private_base
from admitone.accounts.models import Account
from admitone.links import queries
from admitone.links.models import OneTimeLink
from admitone.ui import formats

Words = str | Promise

SOURCES: dict[str, Words] = {
    "by_hand": gettext_lazy("By hand"),
    "workflow": gettext_lazy("Workflow"),
    "api": gettext_lazy("API"),
    "bulk": gettext_lazy("Bulk"),
    "reissue": gettext_lazy("New for old"),
    "test": gettext_lazy("Test of a workflow"),
    "waitlist": gettext_lazy("Waiting list"),
}
EVENTS: dict[str, tuple[Words, str]] = {
    "created": (gettext_lazy("Created"), "plus"),
    "used": (gettext_lazy("Used for a booking"), "calendar-check"),
    "changed": (gettext_lazy("Changed"), "pencil"),
    "deleted": (gettext_lazy("Deleted"), "trash-2"),
    "restored": (gettext_lazy("Restored"), "undo-2"),
    "opened": (gettext_lazy("Probably opened"), "eye"),
    "attempted": (gettext_lazy("Tried after it stopped working"), "ban"),
    "requested": (gettext_lazy("Somebody asked for a new link or a time"), "inbox"),
    "offered_gone": (gettext_lazy("None of its offered times was left"), "calendar-x"),
    "sent": (gettext_lazy("Sent by email"), "send"),
    "code_asked": (gettext_lazy("A code was asked for"), "key-round"),
    "booking_asked": (gettext_lazy("The way back to the booking was asked for"), "mail"),
}
FIELDS: dict[str, Words] = {
    "label": gettext_lazy("label"),
    "note": gettext_lazy("note"),
    "expires_at": gettext_lazy("expiry"),
    "not_before": gettext_lazy("opening"),
    "max_uses": gettext_lazy("number of uses"),
    "metadata": gettext_lazy("metadata"),
}


def why(account: Account, link: OneTimeLink | None, now: datetime) -> str:
    """One sentence for the owner: does this link work, and if not, since when and why not?"""
    if link is None:
        return _("This is not a one-time link of this sub-account, or part of its address is missing.")
    state = queries.state_of(link, now)
    of_group = link.group_id is not None
    at = {name: told(getattr(link, name), account) for name in ("not_before", "used_at", "deleted_at", "expires_at")}
    sentences = {
        "active": _("This link works. It can be used for one more booking.")
        if link.uses
        else _("This link works. It has not been used."),
        "not_open": _("This link does not work yet: it opens on %(not_before)s."),
        "used": _("This link no longer works: it was used on %(used_at)s."),
        "deleted": _("This link no longer works: it was deleted on %(deleted_at)s.")
        if link.deleted_at
        else _("This link no longer works: its group was deleted.")
        if of_group
        else _("This link no longer works: its calendar was deleted."),
        "expired": _("This link no longer works: it expired on %(expires_at)s."),
        "paused": _("This link does not work at the moment: its group %(calendar)s is paused.")
        if of_group
        else _("This link does not work at the moment: its calendar %(calendar)s is paused."),
    }
    return sentences[state] % {**at, "calendar": queries.name_of(link)}


def told(at: datetime | None, account: Account) -> str:
    return formats.moment(at, account.timezone) if at else ""


def private_base() -> str:
    """The installation's address while it is one that no guest can reach, else empty."""
    return absolute("") if is_private_base() else ""


def age(link: OneTimeLink, now: datetime) -> str:
    """How old an unused link is and what that may mean, for the Share dialog."""
    if link.opened_at:
        return _(
            "Made %(ago)s and opened since, so somebody probably has it. Generate a new link for the next person."
        ) % {"ago": formats.relative(link.created_at, now)}
    if now - link.created_at < timedelta(minutes=1):
        return _("Made just now. It works for one booking.")
    return _("Made %(ago)s and not used yet. Generate a new link if somebody already has it.") % {
        "ago": formats.relative(link.created_at, now)
    }

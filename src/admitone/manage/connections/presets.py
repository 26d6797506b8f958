"""Known CalDAV servers: what to type, and where their app passwords are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Preset:
    """`url` is filled in; `hint` is shown above the form."""

    key: str
    name: str
    url: str
    hint: Any


PRESETS = [
    Preset(
        "icloud",
        "iCloud",
        "https://caldav.icloud.com/",
        _("Sign in at account.apple.com, open Sign-In and Security > App-Specific Passwords, and make one for here."),
    ),
    Preset(
        "fastmail",
        "Fastmail",
        "https://caldav.fastmail.com/",
        _("In Fastmail open Settings > Privacy & Security > App passwords, and make one for calendars."),
    ),
    Preset(
        "nextcloud",
        "Nextcloud",
        "https://YOUR-SERVER/remote.php/dav/",
        _("In Nextcloud open Settings > Security > Devices & sessions, and make an app password."),
    ),
    Preset(
        "mailbox",
        "mailbox.org",
        "https://dav.mailbox.org/",
        _("Sign in with your mailbox.org address. With two-step sign-in, make an app password in its settings."),
    ),
]
OTHER = Preset("", "CalDAV", "", _("The address of the server, or of one calendar, as your provider names it."))


def preset(key: str) -> Preset:
    return next((one for one in PRESETS if one.key == key), OTHER)

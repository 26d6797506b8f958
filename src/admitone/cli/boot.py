"""What every command that needs the application does first."""

from __future__ import annotations

import os

import django


def boot() -> None:
    """Set Django up from the environment; call it before importing models or services.

    What the command writes (database, keys, mail) is for its own user only.
    """
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admitone.config.settings")
    django.setup()

"""The first visit of an empty installation: whoever can read the data directory, or the terminal, may set it up."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from admitone.accounts.models import User


def setup_is_open() -> bool:
    """Nobody can sign in yet."""
    return not User.objects.exists()


def token_path() -> Path:
    return Path(settings.ENV.data_dir) / "setup-token"


def ensure_setup_token() -> str | None:
    """The set-up token, made once with mode 600; None, and the file gone, when somebody can sign in."""
    path = token_path()
    if not setup_is_open():
        path.unlink(missing_ok=True)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(fd, "w") as file:
        file.write(token := secrets.token_urlsafe(24))
    return token


def is_setup_token(given: str) -> bool:
    """Compared in constant time; without a token file nothing is right."""
    try:
        wanted = token_path().read_text().strip()
    except FileNotFoundError:
        return False
    return bool(wanted) and hmac.compare_digest(given.strip().encode(), wanted.encode())


def setup_url() -> str:
    """Where the terminal sends the operator."""
    return f"{settings.BASE_URL}/setup/"

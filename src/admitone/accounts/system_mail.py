"""Account mail (reset, verification, invitation, codes): the installation's SMTP server, else files in the data dir."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from admitone.logic.ids import uuid7


def smtp_options(url: str) -> dict[str, Any]:
    """smtp://user:pass@host:587, smtp+tls:// (STARTTLS) or smtps:// as arguments of Django's SMTP backend."""
    parts = urlsplit(url)
    return {
        "host": parts.hostname or "127.0.0.1",
        "port": parts.port or {"smtps": 465, "smtp+tls": 587}.get(parts.scheme, 25),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp+tls",
        "timeout": 20,
    }


def default_sender(url: str) -> str:
    """`?from=` of ADMITONE_SMTP_URL, else no-reply at the base URL's host."""
    wanted = parse_qs(urlsplit(url).query).get("from", [""])[0]
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return wanted or f"no-reply@{host if '.' in host else 'localhost.localdomain'}"


class SystemMailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        url = settings.ENV.smtp_url
        if not url:
            return sum(write_file(message) for message in email_messages)
        for message in email_messages:
            if message.from_email == settings.DEFAULT_FROM_EMAIL:
                message.from_email = default_sender(url)
        try:
            return EmailBackend(**smtp_options(url)).send_messages(list(email_messages)) or 0
        except (smtplib.SMTPException, OSError):
            if self.fail_silently:
                return 0
            raise


def write_file(message: EmailMessage) -> int:
    folder = Path(settings.ENV.data_dir) / "system-mail"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fd = os.open(folder / f"{uuid7()}.eml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(message.message().as_bytes())
    return 1

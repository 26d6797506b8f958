"""Log lines carry ids only: a booking link in a log file would be a working link."""

from __future__ import annotations

import logging
import re

#: Tokens of links and bookings (44 characters), API keys and invitations.
SECRET = re.compile(r"(/(?:o|b|links|bookings|invitation)/|ao_)[A-Za-z0-9_-]{20,}")


class Redact(logging.Filter):
    """Blank what opens something, in the message and in its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET.sub(r"\1[secret]", record.getMessage()), None
        return True

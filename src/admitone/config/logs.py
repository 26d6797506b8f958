"""Log lines carry ids only: a booking link in a log file would be a working link."""

from __future__ import annotations

import logging
import re

#: Tokens of links, bookings and hooks (44 characters), API keys, invitations, keys that reset a password or confirm an address.
SECRET = re.compile(r"(/(?:o|b|a|feed|links|bookings|invitation|in|stripe|key|confirm-email)/|ao_)[A-Za-z0-9_:-]{20,}")


class Redact(logging.Filter):
    """Blank what opens something, in the message, its arguments and the traceback.

    A refused request (a forged Host, too many fields) is one line: anybody can send a thousand of them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET.sub(r"\1[secret]", record.getMessage()), None
        if record.name.startswith("django.security."):
            record.exc_info = None
        if record.exc_info:
            record.exc_text = SECRET.sub(r"\1[secret]", logging.Formatter().formatException(record.exc_info))
        return True

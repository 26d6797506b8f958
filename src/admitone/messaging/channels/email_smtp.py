from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from admitone.messaging.channels import channel
from admitone.messaging.channels.base import Channel, Parcel, Receipt, Refused
from admitone.messaging.mime import Mime, build

MAX_WORDS = 1000
DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SmtpParams:
    """`security` is starttls, tls (from the first byte) or none; no user name, no log-in.

    `timeout` in seconds; `patience` is that of the answer to a whole message, which servers look through first.
    """

    host: str
    port: int = 587
    security: str = "starttls"
    username: str = ""
    password: str = ""
    timeout: float = 20.0
    patience: float = 120.0


@channel("email_smtp")
class EmailSmtp(Channel[SmtpParams]):
    """Email through an SMTP server: the account's own, else the installation's."""

    Params = SmtpParams

    def deliver(self, parcel: Parcel, params: SmtpParams) -> Receipt:
        try:
            mime = build(parcel)
        except ValueError as error:
            raise Refused(str(error), permanent=True) from error
        with refusals(), connected(params) as server:
            return Receipt(hand_over(server, mime, params.patience))


@contextmanager
def connected(params: SmtpParams) -> Iterator[smtplib.SMTP]:
    """A server that is greeted, encrypted and logged in to."""
    context = ssl.create_default_context()
    if params.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(params.host, params.port, timeout=params.timeout, context=context)
    else:
        server = smtplib.SMTP(params.host, params.port, timeout=params.timeout)
    try:
        if params.security == "starttls":
            server.starttls(context=context)
        if params.username:
            server.login(params.username, params.password)
        yield server
    finally:
        part(server)


def part(server: smtplib.SMTP) -> None:
    """Say goodbye; what the server answers no longer matters."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def hand_over(server: smtplib.SMTP, mime: Mime, patience: float) -> str:
    """MAIL, RCPT, DATA; the server's answer to the last, like "250 2.0.0 OK: queued as 4711"."""
    server.ehlo_or_helo_if_needed()
    if mime.utf8 and not server.has_extn("smtputf8"):
        raise Refused("The mail server cannot deliver to addresses with international characters.", permanent=True)
    options = ["SMTPUTF8", "BODY=8BITMIME"] if mime.utf8 else []
    for code, words in (server.mail(mime.sender, options), server.rcpt(mime.recipient)):
        if not 200 <= code < 300:
            raise smtplib.SMTPResponseException(code, words)
    code, words = data(server, mime.content, patience)
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, words)
    return spoken(code, words)


def data(server: smtplib.SMTP, content: bytes, patience: float) -> tuple[int, bytes]:
    """DATA, the content, and the answer. A server that has it all and says nothing may have taken it (RFC 5321 4.5.3.2.6)."""
    code, words = server.docmd("data")
    if code != 354:
        raise smtplib.SMTPResponseException(code, words)
    lines = DOT.sub(b"..", content if content.endswith(b"\r\n") else content + b"\r\n")
    server.send(lines + b".\r\n")
    if server.sock:
        server.sock.settimeout(patience)
    try:
        return server.getreply()
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Refused(
            "The mail server took the message but did not confirm it.", permanent=False, unsure=True
        ) from error


@contextmanager
def refusals() -> Iterator[None]:
    """Turn every way in which mail servers fail into Refused with the server's own words."""
    try:
        yield
    except smtplib.SMTPServerDisconnected as error:
        raise Refused(f"The mail server hung up: {error}", permanent=False) from error
    except smtplib.SMTPResponseException as error:
        raise Refused(spoken(error.smtp_code, error.smtp_error), permanent=error.smtp_code >= 500) from error
    except smtplib.SMTPException as error:
        raise Refused(str(error)[:MAX_WORDS], permanent=True) from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(
            f"The mail server's certificate is not trusted: {error.verify_message}", permanent=True
        ) from error
    except (UnicodeError, ValueError) as error:
        raise Refused(f"The mail server's address or the log-in cannot be used: {error}", permanent=True) from error
    except OSError as error:
        unreachable(error)


def unreachable(error: OSError) -> NoReturn:
    if isinstance(error, TimeoutError):
        raise Refused("The mail server did not answer in time.", permanent=False) from error
    raise Refused(f"The mail server cannot be reached: {error.strerror or error}", permanent=False) from error


def spoken(code: int, words: bytes | str) -> str:
    """`550 5.1.1 No such mailbox here`, on one line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:MAX_WORDS]

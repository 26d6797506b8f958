"""A parcel as the bytes of an email: text, HTML and, for appointments, the invitation where calendars look for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from urllib.parse import urlsplit

from django.conf import settings

from admitone.messaging.channels.base import Parcel

#: RFC 3834: no holiday answer may come back to a machine.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
POLICY = SMTP.clone(cte_type="7bit")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Mime:
    """`utf8`: an address has a non-ASCII local part, so the server must speak SMTPUTF8 (RFC 6531)."""

    sender: str
    recipient: str
    content: bytes
    utf8: bool


def build(parcel: Parcel) -> Mime:
    """ValueError when an address could not stand in a header."""
    sender, recipient = address(parcel.from_email), address(parcel.to)
    reply_to = address(parcel.reply_to) if parcel.reply_to else None
    message = EmailMessage(POLICY)
    message["To"] = recipient
    if reply_to:
        message["Reply-To"] = reply_to
    message["Date"] = format_datetime(parcel.at)
    message["Message-ID"] = message_id(parcel)
    for name, value in AUTOMATIC.items():
        message[name] = value
    add_body(message, parcel)
    utf8 = not f"{sender.addr_spec}{recipient.addr_spec}{reply_to.addr_spec if reply_to else ''}".isascii()
    content = worded(parcel, sender) + message.as_bytes(policy=POLICY.clone(utf8=utf8))
    return Mime(sender.addr_spec, recipient.addr_spec, content, utf8)


def headers_of(parcel: Parcel) -> dict[str, str]:
    """What every mail says to machines; one of a workflow also how to be left alone by one press (RFC 8058)."""
    return {**AUTOMATIC, **leaving(parcel)}


def leaving(parcel: Parcel) -> dict[str, str]:
    if not parcel.unsubscribe or not parcel.unsubscribe.isascii():
        return {}
    return {"List-Unsubscribe": f"<{parcel.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def worded(parcel: Parcel, sender: Address) -> bytes:
    """From and Subject lines, and how to leave. EmailMessage drops spaces where it folds non-ASCII text, and writes
    addresses longer than a line as encoded words, which no mail program takes for one."""
    name, subject = line(parcel.from_name), line(parcel.subject)
    spoken = quoted(name) if name.isascii() else encoded(name, "From")
    origin = f"{spoken} <{sender.addr_spec}>" if name else sender.addr_spec
    leave = "".join(f"{header}: {value}\r\n" for header, value in leaving(parcel).items())
    return f"From: {origin}\r\nSubject: {encoded(subject, 'Subject')}\r\n{leave}".encode()


def quoted(name: str) -> str:
    """A display name as RFC 5322 writes it."""
    return formataddr((name, "x@x")).removesuffix(" <x@x>")


def encoded(text: str, header: str) -> str:
    """Folded, with encoded words (RFC 2047) where needed."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=header).encode(linesep="\r\n")


def add_body(message: EmailMessage, parcel: Parcel) -> None:
    """multipart/mixed(alternative(text, html, calendar), invite.ics): Gmail and Outlook read the one, Apple the other."""
    message.set_content(parcel.text)
    if parcel.html:
        message.add_alternative(parcel.html, subtype="html")
    if not parcel.ics:
        return
    method = {"method": parcel.ics_method or "REQUEST"}
    message.add_alternative(parcel.ics, subtype="calendar", params=method, cte="base64")
    message.add_attachment(
        parcel.ics.encode(), maintype="application", subtype="ics", filename="invite.ics", params={"name": "invite.ics"}
    )


def message_id(parcel: Parcel) -> str:
    """The same at every attempt, so that a receiver that deduplicates can."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{parcel.id}@{host if host.isascii() and ':' not in host else 'localhost'}>"


def line(text: str) -> str:
    """One header line: no control characters, so nothing in it can begin another header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def address(email: str) -> Address:
    """The address with its domain in ASCII (RFC 5891). ValueError for anything that is not exactly one address."""
    local, _, domain = email.rpartition("@")
    if not local or not domain or _CONTROL.search(email) or any(c in email for c in '<>,;: "\\()[]'):
        raise ValueError("That is not an email address.")
    try:
        return Address(username=local, domain=domain.encode("idna").decode().lower())
    except UnicodeError as error:
        raise ValueError("That is not an email address.") from error

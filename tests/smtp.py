"""A real SMTP server for tests: collects what it accepts, asks for a password, refuses when told to."""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells of every command

REPLIES = {
    "refuse_recipient": "550 5.1.1 No such mailbox here",
    "refuse_message": "554 5.7.1 Message looks like spam",
    "busy": "451 4.3.2 Try again later",
}


@dataclass(frozen=True, slots=True)
class Received:
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    def text(self) -> str:
        """The plain-text body."""
        body = self.message.get_body(preferencelist=("plain",))
        return body.get_content() if body else ""

    def html(self) -> str:
        body = self.message.get_body(preferencelist=("html",))
        return body.get_content() if body else ""


@dataclass
class SmtpServer:
    """`mode` may be changed while it runs: accept, refuse_recipient, refuse_message, busy, drop (takes it and hangs up). With `user` a log-in is required."""

    user: str = ""
    password: str = ""
    mode: str = "accept"
    messages: list[Received] = field(default_factory=list)
    port: int = 0
    _controller: _Controller | None = None

    host = "127.0.0.1"

    @property
    def url(self) -> str:
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        return f"smtp://{login}{self.host}:{self.port}"

    def require_login(self, user: str, password: str) -> None:
        """Refuse mail from now on unless the client logs in with these."""
        self.user, self.password = user, password

    def __enter__(self) -> Self:
        self.port = free_port()
        self._controller = _Controller(self, hostname=self.host, port=self.port)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._controller:
            self._controller.hang_up()
            self._controller.stop()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.mode == "refuse_recipient":
            return REPLIES[self.mode]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mode in REPLIES:
            return REPLIES[self.mode]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        if self.mode == "drop":
            server.transport.abort()
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        given = (data.login, data.password) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == (self.user.encode(), self.password.encode()), handled=False)


class _Controller(Controller):
    """One SMTP object for each connection, remembered so that none is left open."""

    def __init__(self, server: SmtpServer, **options: Any) -> None:
        super().__init__(server, **options)
        self.open: list[SMTP] = []

    def factory(self) -> SMTP:
        smtp = SMTP(
            self.handler,
            hostname="mail.test",
            ident="test",
            auth_require_tls=False,
            authenticator=self.handler.authenticate,
        )
        self.open.append(smtp)
        return smtp

    def hang_up(self) -> None:
        """Close every connection and let its task end before the loop stops."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)

    async def _hang_up(self) -> None:
        await asyncio.sleep(0.01)  # a connection accepted just now gets its transport
        tasks = [smtp._handler_coroutine for smtp in self.open if smtp._handler_coroutine]
        for smtp in self.open:
            if smtp.transport:
                smtp.transport.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""A stand-in for the HTTP APIs of email services: keeps every request and answers as told."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What each service answers when it takes a message, and the id that it gave.
ACCEPTED: dict[str, tuple[str, str]] = {
    "brevo": ('{"messageId": "<id-1@brevo>"}', "<id-1@brevo>"),
    "mailersend": ("", "id-1"),
    "mailgun": ('{"id": "<id-1@mg.example>", "message": "Queued. Thank you."}', "<id-1@mg.example>"),
    "mailjet": (
        '{"Messages": [{"Status": "success", "To": [{"Email": "ana@example.com", "MessageID": 71, "MessageUUID": "u"}]}]}',
        "71",
    ),
    "postmark": (
        '{"To": "ana@example.com", "SubmittedAt": "2026-11-02T09:00:00Z", "MessageID": "id-1", "ErrorCode": 0, "Message": "OK"}',
        "id-1",
    ),
    "resend": ('{"id": "id-1"}', "id-1"),
    "sendgrid": ("", ""),
    "sparkpost": (
        '{"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": "id-1"}}',
        "id-1",
    ),
}


@dataclass
class EspServer:
    """`status` and `body` are the answer; `hang` seconds without one. `got` holds (path, headers, body)."""

    status: int = 200
    body: str = ""
    hang: float = 0.0
    got: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def __enter__(self) -> EspServer:
        self.stop = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/"

    @property
    def settings(self) -> dict[str, Any]:
        """django-anymail's settings by which every service is this one."""
        return {f"{name.upper()}_API_URL": self.url for name in ACCEPTED}

    @property
    def sent(self) -> dict[str, Any]:
        """The JSON of the last request."""
        return dict(json.loads(self.got[-1][2]))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                server.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                server.stop.wait(server.hang)
                answer = server.body.encode()
                self.send_response(server.status)
                self.send_header("Content-Type", "application/json" if answer else "text/html")
                self.send_header("Content-Length", str(len(answer)))
                self.send_header("X-Message-Id", "id-1")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                pass

        return Handler

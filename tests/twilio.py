"""A real HTTP server that speaks Twilio's API for messages, keeps what it is sent and signs what it posts back."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator

SID = "AC" + "0" * 32
TOKEN = "twilio-auth-token"
NUMBER = "+4930901820"


@dataclass
class Twilio:
    """`refusals` are the next answers (status, code, message); `silent` takes the message and hangs up."""

    refusals: list[tuple[int, int, str]] = field(default_factory=list)
    silent: bool = False
    sent: list[dict[str, str]] = field(default_factory=list)

    def __enter__(self) -> Twilio:
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, path: str, authorization: str, body: str) -> tuple[int, dict[str, Any]]:
        wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if path != f"/2010-04-01/Accounts/{SID}/Messages.json" or authorization != wanted:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        if self.refusals:
            status, code, words = self.refusals.pop(0)
            return status, {"code": code, "message": words, "status": status}
        self.sent.append({name: values[0] for name, values in parse_qs(body).items()})
        return 201, {"sid": f"SM{len(self.sent):032d}", "status": "queued"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, answer = twilio.answer(urlsplit(self.path).path, self.headers["Authorization"] or "", body)
                if twilio.silent:
                    self.close_connection = True
                    return
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        return Handler


def signature(url: str, params: dict[str, str], token: str = TOKEN) -> str:
    """X-Twilio-Signature as Twilio computes it."""
    found: str = RequestValidator(token).compute_signature(url, params)
    return found

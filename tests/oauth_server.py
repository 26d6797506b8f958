"""What the stand-ins for Google and Microsoft share: a real HTTP server with sign-in by OAuth 2 and PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "our-client", "our-secret"


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Refusal:
    """The next request of that method gets this answer."""

    method: str
    status: int
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


Reply = tuple[int, dict[str, Any] | None, dict[str, str]]


@dataclass
class OAuthServer:
    """`refusals` are answered to API requests; `withdrawn` refuses every token; `expire()` ends all access tokens."""

    asked: list[Asked] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    holds: dict[str, Callable[[], object]] = field(default_factory=dict)
    withdrawn: bool = False
    rotates: bool = False

    authorize_path = ""
    token_path = ""

    def __enter__(self) -> Any:
        self.codes: dict[str, str] = {}
        self.access: set[str] = set()
        self.refresh: set[str] = set()
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

    def tokens(self) -> dict[str, str]:
        """A sign-in that has happened already."""
        return {"access": self._issue(self.access), "refresh": self._issue(self.refresh)}

    def expire(self) -> None:
        self.access.clear()

    def api(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def answer(self, asked: Asked) -> Reply:
        if asked.path == self.authorize_path:
            return self._authorize(asked.query)
        if asked.path == self.token_path:
            return self._token(asked.body)
        self.asked.append(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.access:
            return 401, {"error": {"code": 401, "message": "Invalid credentials"}}, {}
        for n, refusal in enumerate(self.refusals):
            if refusal.method == asked.method:
                del self.refusals[n]
                return refusal.status, refusal.body, refusal.headers
        self.holds.get(asked.method, lambda: None)()
        return self.api(asked)

    def _issue(self, kind: set[str]) -> str:
        kind.add(token := secrets.token_urlsafe(16))
        return token

    def _authorize(self, query: dict[str, str]) -> Reply:
        assert (query["client_id"], query["response_type"], query["code_challenge_method"]) == (CLIENT, "code", "S256")
        self.codes[code := secrets.token_urlsafe(8)] = query["code_challenge"]
        back = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        return 302, None, {"Location": back}

    def _token(self, form: dict[str, str]) -> Reply:
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}, {}
        if self.withdrawn or not self._granted(form):
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, {}
        found = {"access_token": self._issue(self.access), "token_type": "Bearer", "expires_in": 3599}
        if form["grant_type"] == "authorization_code" or self.rotates:
            found["refresh_token"] = self._issue(self.refresh)
        return 200, found, {}

    def _granted(self, form: dict[str, str]) -> bool:
        if form["grant_type"] == "refresh_token":
            known = form["refresh_token"] in self.refresh
            if self.rotates:
                self.refresh.discard(form["refresh_token"])
            return known
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        return self.codes.pop(form["code"], "") == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                parts = urlsplit(self.path)
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                is_form = "urlencoded" in self.headers.get("Content-Type", "")
                body = {k: v[0] for k, v in parse_qs(raw).items()} if is_form else json.loads(raw or "null")
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, data, more = server.answer(Asked(self.command, parts.path, query, headers, body))
                content = b"" if data is None else json.dumps(data).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **more}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any

            def log_message(self, *args: object) -> None:
                pass

        return Handler

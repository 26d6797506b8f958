"""A real HTTP server on this machine that serves whatever a test puts at its paths."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: Callable[[], object] | None = None


class FeedServer:
    """`pages` maps a path to its Page; `asked` lists (path, If-None-Match) of each request."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str]] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FeedServer:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}{path}"

    def put(self, path: str, body: bytes | str, **page: object) -> str:
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(content, **page)  # type: ignore[arg-type]
        return self.url(path)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                match = self.headers.get("If-None-Match", "")
                server.asked.append((self.path, match))
                page = server.pages.get(self.path, Page(b"no", 404))
                if page.pause:
                    page.pause()
                unchanged = bool(match) and match == page.headers.get("ETag")
                self.send_response(304 if unchanged else page.status)
                body = b"" if unchanged else page.body
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        return Handler

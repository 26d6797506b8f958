"""A website that embeds a booking page: another origin, `localhost` beside the server's 127.0.0.1."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

#: The page keeps every message it hears and every event of the embed script.
PAGE = """<!doctype html><html lang="en"><title>Lime Garden</title><link rel="icon" href="data:,">
<h1>Lime Garden</h1><p>Our garden.</p>
<script>
window.seen = []; window.heard = [];
for (const type of ["ready", "resize", "slot.selected", "booking.created", "booking.rescheduled", "booking.cancelled",
  "link.unavailable", "close"]) addEventListener("admitone:" + type, (event) => seen.push(type));
addEventListener("message", (event) => heard.push([event.origin, event.data]));
</script>
%s</html>"""


class Site:
    """`show(html)` puts a body on every address of the site; `origin` is http://localhost:PORT."""

    def __init__(self) -> None:
        self.body = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((PAGE % site.body).encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"

    def show(self, body: str) -> str:
        """The address of a page with this body."""
        self.body = body
        return f"{self.origin}/garden?utm_source=garden&utm_campaign=spring"

    def embed(self, home: str, book: str, mode: str) -> str:
        """The address of a page that embeds `book` of the server `home`, as the share dialog writes it."""
        return self.show(
            f'<div data-book="{book}" data-mode="{mode}" data-label="Book a visit"><a href="{book}">Book a visit</a></div>'
            f'<script async src="{home}/embed.js"></script>'
        )

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

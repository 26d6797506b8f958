"""A real Radicale on this machine, with a user, a password and files of its own; requests can be held up or refused."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
from radicale import config
from radicale.app import Application

USER, PASSWORD = "ada", "app-password"
MKCALENDAR = """<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>{}</D:displayname><C:supported-calendar-component-set><C:comp name="{}"/></C:supported-calendar-component-set>
</D:prop></D:set></C:mkcalendar>"""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is no news."""


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Radicale:
    """`asked` lists (method, path); `refusals` are the next answers (method, status); `holds` is called before a request of
    that method is carried out, `after` afterwards."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    holds: dict[str, Callable[[], object]] = field(default_factory=dict)
    after: dict[str, Callable[[], object]] = field(default_factory=dict)

    def __enter__(self) -> Radicale:
        self.folder = Path(tempfile.mkdtemp(prefix="admitone-radicale-"))
        (self.folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        logging.getLogger("radicale").setLevel(logging.CRITICAL)
        self.app = Application(self._configuration())
        self.http = make_server("127.0.0.1", 0, self._answer, server_class=Server, handler_class=Quiet)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def calendar(self, name: str, component: str = "VEVENT") -> str:
        """Make a calendar; its address."""
        url = f"{self.url}/{USER}/{name.lower()}/"
        self._send("MKCALENDAR", url, MKCALENDAR.format(name, component), 201)
        return url

    def put(self, calendar: str, name: str, *events: str, zones: str = "") -> str:
        """Store a file of VEVENTs; its address."""
        text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n{zones}{''.join(events)}END:VCALENDAR\r\n"
        self._send("PUT", f"{calendar}{name}.ics", text, 201, 204)
        return f"{calendar}{name}.ics"

    def get(self, url: str) -> str:
        """What is stored there, unfolded; "" if nothing."""
        answer = httpx.get(url, auth=(USER, PASSWORD))
        return answer.text.replace("\r\n ", "") if answer.status_code == 200 else ""

    def overwrite(self, url: str, text: str) -> None:
        self._send("PUT", url, text, 201, 204)

    def delete(self, url: str) -> None:
        self._send("DELETE", url, "", 200)

    def files(self, calendar: str) -> list[str]:
        """The addresses of what a calendar holds."""
        body = '<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>'
        answer = httpx.request("PROPFIND", calendar, content=body, headers={"Depth": "1"}, auth=(USER, PASSWORD))
        parts = answer.text.split("<href>")[1:]
        return [self.url + path for part in parts if (path := part.split("<")[0]).endswith(".ics")]

    def _send(self, method: str, url: str, content: str, *wanted: int) -> None:
        answer = httpx.request(method, url, content=content, auth=(USER, PASSWORD))
        assert answer.status_code in wanted, (answer.status_code, answer.text)

    def _configuration(self) -> config.Configuration:
        values = config.load()
        auth = {"type": "htpasswd", "htpasswd_filename": str(self.folder / "users"), "htpasswd_encryption": "plain"}
        storage = {"filesystem_folder": str(self.folder / "files")}
        found = {"auth": {**auth, "delay": "0"}, "storage": storage, "server": {"delay_on_error": "0"}}
        values.update(found, "test", privileged=True)
        return values

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        ours = environ.get("HTTP_USER_AGENT", "").startswith("AdmitOne")
        if ours:
            self.asked.append((method, environ["PATH_INFO"]))
            self.holds.get(method, lambda: None)()
            for n, (refused, status) in enumerate(self.refusals):
                if refused == method:
                    del self.refusals[n]
                    start_response(status, [("Content-Length", "0"), ("Retry-After", "7")])
                    return [b""]
        answer = self.app(environ, start_response)
        if ours:
            self.after.get(method, lambda: None)()
        return answer

"""Servers that answer half, wrongly or with an ulterior motive: never free time, never the password elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.integrations.test_caldav import BOOKING, DAV, entry, login, wanted

from admitone.integrations import connecting, dav
from admitone.integrations.remote import Known, RemoteError, understood
from admitone.logic.errors import Problem

HEAD = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
FILE = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261102T090000Z\r\nDTEND:20261102T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def multistatus(*rows: str) -> str:
    return f"{HEAD}{''.join(rows)}</D:multistatus>"


def row(props: str, href: str = "/cal/", status: str = "200 OK") -> str:
    return (
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{props}</D:prop>"
        f"<D:status>HTTP/1.1 {status}</D:status></D:propstat></D:response>"
    )


def stored(text: str = FILE) -> str:
    return row(f'<D:getetag>"1"</D:getetag><C:calendar-data>{text}</C:calendar-data>', "/cal/1.ics")


class Canned:
    """`answers` maps a method to (status, headers, body); `asked` lists (method, path, Authorization)."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], str]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Canned:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/cal/"

    def says(self, method: str, body: str, status: int = 207, **headers: str) -> None:
        self.answers[method] = (status, headers, body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
                status, headers, body = server.answers.get(self.command, (404, {}, ""))
                content = body.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = handle_any

            def log_message(self, *args: object) -> None:
                pass

        return Handler


@pytest.fixture
def server() -> Iterator[Canned]:
    with Canned() as found:
        found.says("PROPFIND", multistatus(row(CALENDAR)))
        yield found


@pytest.fixture
def elsewhere() -> Iterator[Canned]:
    with Canned() as found:
        yield found


def read(server: Canned) -> list[tuple[int, int]]:
    return DAV.busy(login(server.url), server.url, wanted()).spans or []


def test_a_whole_answer_is_read(server: Canned) -> None:
    server.says("REPORT", multistatus(stored()))
    assert len(read(server)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>Sign in</html>", 200),
        ("", 207),
        (multistatus(stored())[:-30], 207),
        (multistatus(row('<D:getetag>"1"</D:getetag>', "/cal/1.ics")), 207),
        (multistatus(stored(), row("<C:calendar-data/>", "/cal/2.ics", "500 Oops")), 207),
        (multistatus(stored(), "<D:response><D:href>/cal/</D:href><D:status>HTTP/1.1 507 Full</D:status></D:response>"), 207),
        (multistatus(stored("BEGIN:VCALENDAR")), 207),
        (multistatus(stored(FILE.replace("DTSTART:2026", "DTSTART:x"))), 207),
        (multistatus(stored(FILE.replace("UID:1", "UID:1\r\nRRULE:FREQ=SECONDLY"))), 207),
        ("<!DOCTYPE a [<!ENTITY b 'bb'>]>" + multistatus(stored("&b;")), 207),
        ("", 403),
        ("", 507),
        ("", 301),
    ],
)  # fmt: skip
def test_half_an_answer_is_an_error(server: Canned, body: str, status: int) -> None:
    server.says("REPORT", body, status)
    with pytest.raises(RemoteError):
        read(server)


def test_an_answer_that_is_too_large_is_an_error(server: Canned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dav, "MAX_BYTES", 2000)
    server.says("REPORT", multistatus(*[stored()] * 10))
    with pytest.raises(RemoteError):
        read(server)


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "PUT", "DELETE"])
def test_no_redirect_carries_the_password_to_another_server(server: Canned, elsewhere: Canned, method: str) -> None:
    server.says("REPORT", multistatus(stored()))
    server.says("PUT", "", 201)
    server.says(method, "", 307, Location=elsewhere.url)
    with pytest.raises(RemoteError):
        read(server)
        DAV.put(login(server.url), server.url, entry(), Known())
        DAV.remove(login(server.url), server.url, BOOKING, Known(f"{server.url}1.ics"))
    assert (server.asked[-1][0], elsewhere.asked) == (method, [])


@pytest.mark.parametrize("prop", ["<C:calendar-home-set>{}</C:calendar-home-set>", "<D:current-user-principal>{}</D:current-user-principal>"])  # fmt: skip
def test_no_answer_sends_the_password_to_another_server(server: Canned, elsewhere: Canned, prop: str) -> None:
    server.says("PROPFIND", multistatus(row(prop.format(f"<D:href>{elsewhere.url}</D:href>"))))
    with pytest.raises(RemoteError) as refused:
        DAV.calendars(login(server.url))
    assert (str(refused.value)[:23], elsewhere.asked) == ("The server sends its cl", [])


@pytest.mark.parametrize(
    ("home", "there", "allowed"),
    [
        ("https://caldav.icloud.com/", "https://p42-caldav.icloud.com:443/x/", True),
        ("https://dav.example.com/", "https://dav.example.com/other/", True),
        ("https://dav.example.com/", "http://dav.example.com/", False),
        ("https://dav.example.com/", "https://dav.example.org/", False),
        ("https://10.0.0.1/", "https://10.9.0.1/", False),
        ("http://10.0.0.1/", "http://10.0.0.1:81/", False),
    ],
)
def test_the_password_stays_within_one_site(home: str, there: str, allowed: bool) -> None:
    if allowed:
        assert dav.within(login(home), there) == there
        return
    with pytest.raises(RemoteError):
        dav.within(login(home), there)


def test_an_etag_that_a_proxy_made_weak_is_still_a_condition(server: Canned) -> None:
    server.says("PUT", "", 201, ETag='W/"7"')
    assert DAV.put(login(server.url), server.url, entry(), Known()).etag == '"7"'


@pytest.mark.parametrize(
    "body",
    [
        multistatus(row(CALENDAR, "http://[")),
        multistatus(row(CALENDAR, "")),
        multistatus(f"<D:response><D:propstat><D:prop>{CALENDAR}</D:prop></D:propstat></D:response>"),
        multistatus(row("<C:calendar-home-set><D:href>http://[</D:href></C:calendar-home-set>")),
        multistatus(row("<D:current-user-principal><D:href>//[</D:href></D:current-user-principal>")),
        multistatus(row("<D:resourcetype>text</D:resourcetype>", status="abc")),
    ],
)
def test_an_odd_answer_is_a_refusal_in_words(server: Canned, body: str) -> None:
    server.says("PROPFIND", body)
    with pytest.raises(Problem) as refused:
        connecting.discover("caldav", login(server.url).secrets)
    assert refused.value.code == "invalid"


def test_a_redirect_to_no_address_is_a_refusal_in_words(server: Canned) -> None:
    server.says("PROPFIND", "", 302, Location="http://[")
    with pytest.raises(RemoteError, match="not an address"):
        read(server)


def test_a_name_with_control_characters_can_be_stored(server: Canned) -> None:
    server.says("PROPFIND", multistatus(row(f"{CALENDAR}<D:displayname/>", "/cal/x%00y/")))
    found, _login = connecting.discover("caldav", login(server.url).secrets)
    assert [one.name for one in found] == ["x y"]


def test_entities_are_not_unfolded(server: Canned) -> None:
    entities = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
    server.says("PROPFIND", entities + multistatus(row(f"{CALENDAR}<D:displayname>&c;&a;</D:displayname>")))
    found, _login = connecting.discover("caldav", login(server.url).secrets)
    assert [one.name for one in found] == ["['&c;', '&a;']"]


@pytest.mark.parametrize("etag", ["é", "a" * 5000, '"ü"'])
def test_an_etag_that_cannot_be_a_condition_is_told(server: Canned, etag: str) -> None:
    server.says("PUT", "", 204)
    with pytest.raises(RemoteError), understood():
        DAV.put(login(server.url), server.url, entry(), Known(f"{server.url}1.ics", etag))
        raise RemoteError("a long one is taken")
